package io.github.txt2lora.engine;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.torch.Torch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the denoiser that was used last, since it is what takes memory and time to load and what the next training most
 * likely needs again. Used by the engine's worker thread alone.
 */
final class BaseModels implements AutoCloseable {

    private final Torch torch;
    private final Families families;
    private @Nullable Kept kept;
    private @Nullable Hashed hashed;

    BaseModels(Torch torch, Families families) {
        this.torch = torch;
        this.families = families;
    }

    private record Key(ModelStamp stamp, Precision precision) {}

    private record Kept(Key key, Denoiser denoiser) {}

    private record Hashed(ModelStamp stamp, String sha256) {}

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
        return kept != null && kept.key().equals(new Key(ModelStamp.of(checkpoint.path()), precision));
    }

    /**
     * The denoiser of the checkpoint, without a LoRA, with {@link MemoryUse#FASTEST}; loads it unless it is the one that
     * is kept.
     */
    Denoiser denoiser(Checkpoint checkpoint, Precision precision) {
        var key = new Key(ModelStamp.of(checkpoint.path()), precision);
        if (kept != null && kept.key().equals(key)) {
            kept.denoiser().use(MemoryUse.FASTEST);
            return kept.denoiser();
        }
        close();
        checkpoint.requireFinite(checkpoint.family().networks().stream()
                .filter(network -> network.isDenoiser() || network.isTextEncoder())
                .toArray(Component[]::new));
        Denoiser denoiser = families.of(checkpoint).loadDenoiser(torch, checkpoint, precision);
        if (!ModelStamp.of(checkpoint.path()).equals(key.stamp())) {
            denoiser.close();
            throw changed(checkpoint);
        }
        kept = new Kept(key, denoiser);
        return denoiser;
    }

    /**
     * SHA-256 of the checkpoint's files, which is kept, since reading them takes time.
     *
     * @param beforeRead runs before each part is read; its exceptions end the reading
     */
    String sha256(Checkpoint checkpoint, Runnable beforeRead) {
        ModelStamp stamp = ModelStamp.of(checkpoint.path());
        if (hashed == null || !hashed.stamp().equals(stamp)) {
            hashed = new Hashed(stamp, Sha256.of(checkpoint.path(), beforeRead));
            if (!ModelStamp.of(checkpoint.path()).equals(stamp)) {
                throw changed(checkpoint);
            }
        }
        return hashed.sha256();
    }

    private static CheckpointException changed(Checkpoint checkpoint) {
        return new CheckpointException(
                "model " + checkpoint.path() + " was changed while it was read; expected files that"
                        + " stay as they are: wait until they are copied or synced, then start again");
    }

    @Override
    public void close() {
        if (kept != null) {
            kept.denoiser().close();
            kept = null;
            torch.emptyCache();
        }
    }
}
