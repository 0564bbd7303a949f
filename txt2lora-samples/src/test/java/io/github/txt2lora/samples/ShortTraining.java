package io.github.txt2lora.samples;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.TrainingSpec;

/** Settings for a test: a few iterations, nothing that is sampled before the first or after the last, few steps. */
final class ShortTraining {

    /** Steps of a picture. */
    static final int STEPS = 4;

    private ShortTraining() {}

    static TrainingSpec of(int iterations) {
        return TrainingSpec.builder()
                .iterations(iterations)
                .learningRate(4e-3)
                .method(method -> method.withLatents(LatentSource.noise())
                        .withLossWeighting(LossWeighting.uniform())
                        .withPreservation(Preservation.addingPrompts()))
                .stopping(stopping -> stopping.withMeasureQuality(false))
                .build();
    }
}
