package io.github.txt2lora.engine;

import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The denoisers of several models that take turns: all in memory, or one alone where memory does not hold all. */
final class ModelsInTurn {

    private final BaseModels models;
    private final Torch torch;
    private final List<BaseModels.Key> keys;
    private final Set<BaseModels.Key> loaded = new HashSet<>();
    private final List<Denoiser> denoisers = new ArrayList<>();
    private boolean oneAtATime;

    /**
     * Denoisers that are loaded when they are used.
     *
     * @param keys of the checkpoints
     */
    ModelsInTurn(BaseModels models, Torch torch, List<Checkpoint> checkpoints, List<BaseModels.Key> keys) {
        this.models = models;
        this.torch = torch;
        this.keys = List.copyOf(keys);
        for (int i = 0; i < keys.size(); i++) {
            Path model = checkpoints.get(i).path();
            BaseModels.Key key = keys.get(i);
            denoisers.add(new DenoiserInTurn(checkpoints.get(i), () -> load(model, key), models::isInMemory));
        }
    }

    /** The keys of the models, in the order of their turns. */
    List<BaseModels.Key> keys() {
        return keys;
    }

    /** The denoisers in this order. */
    List<Denoiser> denoisers() {
        return List.copyOf(denoisers);
    }

    /** Keeps one in memory from now on. */
    void keepOne() {
        oneAtATime = true;
    }

    /** Whether a model was loaded before. */
    boolean wasLoaded(BaseModels.Key key) {
        return loaded.contains(key);
    }

    /** From a checkpoint of its own, since the training that opened the first one may end before others. */
    private Denoiser load(Path model, BaseModels.Key key) {
        try (Checkpoint checkpoint = models.open(model)) {
            Denoiser denoiser;
            try {
                denoiser = models.denoiser(checkpoint, key, oneAtATime ? Set.of() : Set.copyOf(keys));
            } catch (TorchException e) {
                if (oneAtATime || !e.isOutOfMemory()) {
                    throw e;
                }
                torch.emptyCache();
                oneAtATime = true;
                denoiser = models.denoiser(checkpoint, key, Set.of());
            }
            loaded.add(key);
            return denoiser;
        }
    }
}
