package io.github.txt2lora.leco;

import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.RelativeWeights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Factors on the squared error of samples by their timesteps, as {@link LossWeighting} asks for. */
final class SampleWeights {

    private final DenoisingModel model;
    private final LossWeighting weighting;
    private final Map<PromptPair, RelativeWeights> relative = new HashMap<>();

    SampleWeights(DenoisingModel model, LossWeighting weighting) {
        this.model = model;
        this.weighting = weighting;
    }

    /** Whether all samples of a pair's target count 1. */
    boolean areUniform() {
        return weighting instanceof LossWeighting.Uniform;
    }

    /** Those of samples of a pair's target. */
    double[] ofTarget(PromptPair pair, double[] timesteps) {
        if (weighting instanceof LossWeighting.Relative && !pair.preserves()) {
            RelativeWeights weights = relative.computeIfAbsent(pair, p -> RelativeWeights.measure(model, p));
            return Arrays.stream(timesteps).map(weights::at).toArray();
        }
        return ofKept(timesteps);
    }

    /** Those of samples of a prompt to keep. */
    double[] ofKept(double[] timesteps) {
        return Arrays.stream(timesteps).map(this::ofKept).toArray();
    }

    private double ofKept(double timestep) {
        return weighting instanceof LossWeighting.MinSnr minSnr
                ? model.noiseProcess().minSnrWeight(timestep, minSnr.gamma())
                : 1;
    }
}
