package io.github.txt2lora.engine;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.torch.TestTorch;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;

/** The smallest training: a tiny model, pictures of 64 pixels and rollouts of at most three steps. */
final class Tiny {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private Tiny() {}

    /** On one thread, on which tiny models are fastest. */
    static TrainingEngine engine() {
        return TrainingEngine.open(TestTorch.options().build());
    }

    static Path modelFile() {
        URL resource = Objects.requireNonNull(Tiny.class.getResource("/golden/checkpoints/sd1-tiny.safetensors"));
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static PromptPair prompt(String target) {
        return PromptPair.enhance(target)
                .positive("cat ears, maid")
                .neutral("1girl")
                .resolution(64)
                .build();
    }

    /**
     * Saved in 32 bits: where the self-attention of a tiny model sees a single pixel, gradients are nothing but rounding,
     * and it depends on the processor whether the LoRA's numbers there are too small for 16 bits.
     */
    static TrainingSpec.Builder spec(int iterations) {
        return TrainingSpec.leco()
                .saving(saving -> saving.withPrecision(Precision.FP32))
                .iterations(iterations)
                .method(method -> method.withRollout(rollout -> rollout.withSteps(4)))
                .saving(saving -> saving.withTimestamp(NOW));
    }

    /** A method that keeps prompts in each step and begins at zero, whatever is recommended. */
    static TrainingMethod keeping(LatentSource latents) {
        return TrainingMethod.leco()
                .withLatents(latents.withRollout(rollout -> rollout.withSteps(4)))
                .withPreservation(Preservation.addingPrompts());
    }

    static LoraTraining.Builder training(Path output, TrainingSpec.Builder spec) {
        return LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(modelFile()))
                .prompt(prompt("krnkmd"))
                .spec(spec.build())
                .output(output);
    }

    static LoraTraining training(Path output, int iterations) {
        return training(output, spec(iterations)).build();
    }

    static ImageRequest.Builder picture() {
        return ImageRequest.builder()
                .model(ModelSource.file(modelFile()))
                .prompt("krnkmd")
                .width(64)
                .height(64)
                .steps(2);
    }
}
