package io.github.txt2lora.engine;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the denoiser that was used last, or those that took turns last, since they are what takes memory and time to
 * load and what the next training most likely needs again. Used by the engine's worker thread alone.
 */
final class BaseModels implements AutoCloseable {

    /** Of models that are used one after the other; a stamp takes some hundred bytes. */
    private static final int MOST_HASHES = 1000;

    private final Torch torch;
    private final Families families;
    private final List<Kept> kept = new ArrayList<>();
    private final Map<ModelStamp, String> hashes = new LinkedHashMap<>();
    private @Nullable ModelsInTurn inTurn;

    BaseModels(Torch torch, Families families) {
        this.torch = torch;
        this.families = families;
    }

    /** Opens a checkpoint that is on this machine. */
    Checkpoint open(Path path) {
        return families.open(path);
    }

    /** What decides on the weights of a denoiser. */
    record Key(ModelStamp stamp, Precision precision) {

        static Key of(Checkpoint checkpoint, Precision precision) {
            return new Key(ModelStamp.of(checkpoint.path()), precision);
        }
    }

    private record Kept(Key key, Denoiser denoiser) {}

    /**
     * Opens a checkpoint, which is downloaded before where that is needed.
     *
     * @param downloading is told how far a download is; its exceptions end the download
     * @param beforeRead runs before weights are read, many times; its exceptions end the reading
     */
    Checkpoint open(ModelSource source, Consumer<DownloadProgress> downloading, Runnable beforeRead) {
        return families.open(ModelFiles.locate(source, downloading), beforeRead);
    }

    /** Whether {@link #denoiser} would not have to load. */
    boolean holds(Checkpoint checkpoint, Precision precision) {
        return find(Key.of(checkpoint, precision)).isPresent();
    }

    /** Whether {@link #denoisers} would give the same ones again. */
    boolean holds(List<Checkpoint> checkpoints, Precision precision) {
        return checkpoints.size() == 1
                ? holds(checkpoints.get(0), precision)
                : inTurn != null && inTurn.keys().equals(keys(checkpoints, precision));
    }

    /** Whether the denoiser of a model on this machine is in memory; false if its files cannot be read. */
    boolean isLoaded(ModelSource source, Precision precision) {
        if (kept.isEmpty()) {
            return false;
        }
        try {
            return find(new Key(ModelStamp.of(ModelFiles.present(source)), precision))
                    .isPresent();
        } catch (StorageException e) {
            return false;
        }
    }

    /** The denoiser of a checkpoint if it is in memory, for a task beside the one that loaded it. */
    Optional<Denoiser> loaded(Checkpoint checkpoint, Precision precision) {
        return find(Key.of(checkpoint, precision)).map(Kept::denoiser);
    }

    private static List<Key> keys(List<Checkpoint> checkpoints, Precision precision) {
        return checkpoints.stream()
                .map(checkpoint -> Key.of(checkpoint, precision))
                .toList();
    }

    private Optional<Kept> find(Key key) {
        return kept.stream().filter(each -> each.key().equals(key)).findFirst();
    }

    /** Whether a denoiser was not closed. */
    @SuppressWarnings("ReferenceEquality") // one that was loaded again is another one
    boolean isInMemory(Denoiser denoiser) {
        return kept.stream().anyMatch(each -> each.denoiser() == denoiser);
    }

    /**
     * The denoiser of the checkpoint, without a LoRA, with {@link MemoryUse#FASTEST}; loads it unless it is kept. Others
     * are not kept any longer.
     */
    Denoiser denoiser(Checkpoint checkpoint, Precision precision) {
        inTurn = null;
        return denoiser(checkpoint, Key.of(checkpoint, precision), Set.of());
    }

    /**
     * The denoisers of checkpoints that are used in turn: of one, {@link #denoiser}; of several, as many are in memory
     * at a time as fit.
     *
     * @param oneAtATime whether that is one
     * @param others whether other trainings use the same ones, and are given them again
     */
    List<Denoiser> denoisers(List<Checkpoint> checkpoints, Precision precision, boolean oneAtATime, boolean others) {
        if (checkpoints.size() == 1) {
            return List.of(denoiser(checkpoints.get(0), precision));
        }
        if (inTurn == null || !others) {
            inTurn = new ModelsInTurn(this, torch, checkpoints, keys(checkpoints, precision));
        }
        if (oneAtATime) {
            inTurn.keepOne();
        }
        return inTurn.denoisers();
    }

    /**
     * The denoiser of a checkpoint, loaded unless it is kept.
     *
     * @param key of the checkpoint; not what its files are now, if these were changed
     * @param companions which may be kept beside it
     */
    Denoiser denoiser(Checkpoint checkpoint, Key key, Set<Key> companions) {
        keepOnly(each -> each.equals(key) || companions.contains(each));
        Optional<Kept> present = find(key);
        if (present.isPresent()) {
            present.get().denoiser().use(MemoryUse.FASTEST);
            return present.get().denoiser();
        }
        requireUnchanged(checkpoint, key.stamp());
        if (!isKnownToBeFinite(key)) {
            checkpoint.requireFinite(checkpoint.family().networks().stream()
                    .filter(network -> network.isDenoiser() || network.isTextEncoder())
                    .toArray(Component[]::new));
        }
        Denoiser denoiser = families.of(checkpoint).loadDenoiser(torch, checkpoint, key.precision());
        try {
            requireUnchanged(checkpoint, key.stamp());
        } catch (CheckpointException e) {
            denoiser.close();
            throw e;
        }
        kept.add(new Kept(key, denoiser));
        return denoiser;
    }

    /** Reading all weights takes time, so those that take turns are checked for the first one alone. */
    private boolean isKnownToBeFinite(Key key) {
        return inTurn != null && inTurn.wasLoaded(key);
    }

    private void keepOnly(Predicate<Key> wanted) {
        if (kept.stream().allMatch(each -> wanted.test(each.key()))) {
            return;
        }
        for (Kept each : List.copyOf(kept)) {
            if (!wanted.test(each.key())) {
                kept.remove(each);
                each.denoiser().close();
            }
        }
        torch.emptyCache();
    }

    private static void requireUnchanged(Checkpoint checkpoint, ModelStamp stamp) {
        if (!ModelStamp.of(checkpoint.path()).equals(stamp)) {
            throw changed(checkpoint);
        }
    }

    /**
     * SHA-256 of the checkpoint's files, which is kept, since reading them takes time.
     *
     * @param beforeRead runs before each part is read; its exceptions end the reading
     */
    String sha256(Checkpoint checkpoint, Runnable beforeRead) {
        ModelStamp stamp = ModelStamp.of(checkpoint.path());
        String known = hashes.get(stamp);
        if (known != null) {
            return known;
        }
        String sha256 = Sha256.of(checkpoint.path(), beforeRead);
        requireUnchanged(checkpoint, stamp);
        if (hashes.size() >= MOST_HASHES) {
            hashes.clear();
        }
        hashes.put(stamp, sha256);
        return sha256;
    }

    private static CheckpointException changed(Checkpoint checkpoint) {
        return new CheckpointException(
                "model " + checkpoint.path() + " was changed while it was read; expected files that"
                        + " stay as they are: wait until they are copied or synced, then start again");
    }

    @Override
    public void close() {
        inTurn = null;
        keepOnly(key -> false);
    }
}
