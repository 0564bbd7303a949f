package io.github.txt2lora.samples;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.TrainingSpec;

/** Settings for a test: a few iterations, and nothing that is sampled before the first. */
final class ShortTraining {

    private ShortTraining() {}

    static TrainingSpec of(int iterations) {
        return TrainingSpec.builder()
                .iterations(iterations)
                .learningRate(4e-3)
                .method(method ->
                        method.withLatents(LatentSource.noise()).withPreservation(Preservation.addingPrompts()))
                .build();
    }
}
