package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.checkpoint.Bfloat16Copy;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.testing.EngineFixture;
import java.nio.file.Path;

/** The real engine with the tiny checkpoint, for the contract tests. */
final class TinyFixture implements EngineFixture {

    @Override
    public TrainingEngine open() {
        return Tiny.engine();
    }

    @Override
    public LoraTraining training(Path output, int iterations) {
        return Tiny.training(output, iterations);
    }

    @Override
    public ModelSource otherModel(Path folder) {
        return ModelSource.file(
                Bfloat16Copy.writeWidened(Tiny.modelFile(), folder.resolve("other.safetensors"), tensor -> true));
    }

    @Override
    public LoraTraining failingTraining(Path output) {
        return Tiny.training(output, 1).toBuilder()
                .model(ModelSource.file(Path.of("missing.safetensors")))
                .build();
    }

    @Override
    public ImageRequest picture() {
        return Tiny.picture().build();
    }
}
