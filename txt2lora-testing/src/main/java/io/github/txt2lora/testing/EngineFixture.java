package io.github.txt2lora.testing;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.ImageRequest;
import java.nio.file.Path;

/** What the contract tests ask for to test an engine: the engine, and small things to do for it. */
public interface EngineFixture {

    /** Opens an engine, which the test closes. */
    TrainingEngine open();

    /**
     * A training that succeeds, writes its LoRA into the folder and needs no more than seconds for a few iterations.
     *
     * @param iterations up to {@link Integer#MAX_VALUE}, for trainings that will be cancelled
     */
    LoraTraining training(Path output, int iterations);

    /** A training that fails after it has begun, whenever it is tried. */
    LoraTraining failingTraining(Path output);

    /** A picture of few steps. */
    ImageRequest picture();
}
