package io.github.txt2lora.testing;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.ImageRequest;
import java.nio.file.Path;

/** The fixture of the contract tests: the engine and small tasks for it. */
public interface EngineFixture {

    /** Opens an engine, which the test closes. */
    TrainingEngine open();

    /**
     * A training that succeeds, writes its LoRA into the folder and needs no more than seconds for a few iterations.
     *
     * @param iterations up to {@link Integer#MAX_VALUE}, for trainings that will be cancelled
     */
    LoraTraining training(Path output, int iterations);

    /**
     * Another model of the family of {@link #training}'s, for trainings on both.
     *
     * @param folder where its file may be written
     */
    ModelSource otherModel(Path folder);

    /** A training that always fails after its start. */
    LoraTraining failingTraining(Path output);

    /** An image with few steps. */
    ImageRequest picture();
}
