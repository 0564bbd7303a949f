package io.github.txt2lora.spark;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Trainings on a tiny model, which take seconds. */
final class Trainings {

    /** Tests run in the root of the project. */
    private static final Path GOLDEN =
            Path.of("txt2lora-core/src/test/resources/golden/checkpoints").toAbsolutePath();

    private static final Path TINY = GOLDEN.resolve("sd1-tiny.safetensors");

    /** The same model in diffusers' layout. */
    static final Path DIFFUSERS = GOLDEN.resolve("sd1-tiny");

    private static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");

    private Trainings() {}

    static LoraTraining.Builder training(String name, Path output, int iterations) {
        return LoraTraining.builder()
                .name(name)
                .model(ModelSource.file(TINY))
                .prompt(PromptPair.enhance(name)
                        .positive("cat ears, maid")
                        .neutral("1girl")
                        .resolution(64)
                        .build())
                .spec(TrainingSpec.leco()
                        .iterations(iterations)
                        .method(method -> method.withRollout(rollout -> rollout.withSteps(4)))
                        .saving(saving -> saving.withPrecision(Precision.FP32)
                                .withTimestamp(NOW)
                                .withStates(StateSpec.everyIterations(1)))
                        .build())
                .output(output);
    }

    /** A workspace with the tiny model. */
    static Workspace workspace(Path folder) throws IOException {
        Workspace workspace = Workspace.create(folder);
        Files.copy(TINY, folder.resolve("model/tiny.safetensors"));
        return workspace;
    }

    /** Adds a LoRA to a workspace, with further settings. */
    static void add(Workspace workspace, String name, String settings) throws IOException {
        Files.writeString(
                workspace.configFile(name),
                "train_iterations: 3\ntrain_lr: 0.001\nlatents: noise\nsave_precision: float32\n"
                        + "timestamp: 2025-01-01T00:00:00Z\n"
                        + (settings.contains("preview") ? "" : "preview: false\n")
                        + (settings.contains("model_") ? "" : "model_name: tiny\n") + settings);
        Files.writeString(
                workspace.promptsFile(name),
                "- {target: " + name + ", positive: 'cat ears, maid', neutral: 1girl, action: enhance,"
                        + " resolution: 64}\n");
    }
}
