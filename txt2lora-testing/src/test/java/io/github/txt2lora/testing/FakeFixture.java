package io.github.txt2lora.testing;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.image.ImageRequest;
import java.nio.file.Path;

/** A fake engine that writes files, for the contract tests. */
final class FakeFixture implements EngineFixture {

    private static final ModelSource MODEL = ModelSource.file(Path.of("model.safetensors"));

    @Override
    public TrainingEngine open() {
        return FakeTrainingEngine.builder()
                .writesFiles(true)
                .scriptFor("broken", TrainingScript.smooth().failAt(1, new TrainingFailedException("as scripted")))
                .build();
    }

    @Override
    public LoraTraining training(Path output, int iterations) {
        return training("krnkmd", output, iterations);
    }

    @Override
    public ModelSource otherModel(Path folder) {
        return ModelSource.file(Path.of("other.safetensors"));
    }

    @Override
    public LoraTraining failingTraining(Path output) {
        return training("broken", output, 1);
    }

    static LoraTraining training(String name, Path output, int iterations) {
        return LoraTraining.builder()
                .name(name)
                .model(MODEL)
                .prompt(PromptPair.enhance(name).build())
                .spec(TrainingSpec.builder().iterations(iterations).build())
                .output(output)
                .build();
    }

    @Override
    public ImageRequest picture() {
        return ImageRequest.builder()
                .model(MODEL)
                .prompt("krnkmd")
                .width(64)
                .height(64)
                .steps(2)
                .build();
    }
}
