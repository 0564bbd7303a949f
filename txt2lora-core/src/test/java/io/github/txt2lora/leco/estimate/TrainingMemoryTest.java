package io.github.txt2lora.leco.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.leco.estimate.TrainingMemory.ModelSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingMemoryTest {

    private static final ModelSize SD15 = new ModelSize(859.5e6, 123e6, 400 * 320, StableDiffusion.SD1.latents());
    private static final ModelSize SDXL = new ModelSize(2567e6, 695e6, 750 * 320, StableDiffusion.SDXL.latents());
    private static final double GIB = 1 << 30;

    private static TrainingMemory memory(
            ModelSize model, Precision precision, int resolution, int batchSize, int together) {
        TrainingSpec spec = TrainingSpec.builder()
                .method(TrainingMethod.leco())
                .modelUse(use -> use.withPrecision(precision))
                .lora(LoraSpec.builder().rank(4).build())
                .build();
        PromptPair small =
                PromptPair.enhance("small").positive("x").resolution(64).build();
        PromptPair large = PromptPair.enhance("large")
                .positive("x")
                .resolution(resolution)
                .batchSize(batchSize)
                .build();
        return TrainingMemory.of(model, spec, List.of(small, large), together);
    }

    /** Peaks of resident memory in a process of its own, with forward and backward passes of a LoRA of rank 4. */
    @ParameterizedTest
    @CsvSource({
        "SD15, FP32, 128, 1, 3841",
        "SD15, FP32, 256, 1, 4329",
        "SD15, FP32, 256, 2, 4850",
        "SD15, FP32, 512, 1, 5687",
        "SDXL, BF16, 128, 1, 5593",
        "SDXL, BF16, 256, 1, 5979",
        "SDXL, BF16, 256, 2, 6472"
    })
    void agrees_with_measured_peaks(String model, Precision precision, int resolution, int batchSize, int mebibytes) {
        ModelSize size = model.equals("SDXL") ? SDXL : SD15;
        assertThat(memory(size, precision, resolution, batchSize, 1).bytes() / (double) (1 << 20))
                .isCloseTo(mebibytes, withinPercentage(15));
    }

    @Test
    void loras_together_take_activations_each() {
        double one = memory(SD15, Precision.FP32, 512, 1, 1).bytes();
        double four = memory(SD15, Precision.FP32, 512, 1, 4).bytes();
        assertThat((four - one) / GIB).isBetween(3 * 1.9, 3 * 2.2);
    }

    @Test
    void says_what_does_not_fit_and_how_to_make_it_fit() {
        TrainingMemory memory = memory(SD15, Precision.FP32, 4096, 2, 1);

        assertThat(memory.shortage((long) (24 * GIB)))
                .hasValueSatisfying(text -> assertThat(text)
                        .matches(
                                "the training takes about 25\\d\\.\\d GiB of memory at resolution 4096 and batch size 2,"
                                        + " and this machine has 24.0 GiB; lower the resolution or the batch size, or set"
                                        + " precision BF16"));
        assertThat(memory.shortage(memory.bytes())).isEmpty();
        assertThat(memory(SD15, Precision.BF16, 4096, 1, 3).shortage(1).orElseThrow())
                .contains("with 3 LoRAs together")
                .doesNotContain("precision");
    }
}
