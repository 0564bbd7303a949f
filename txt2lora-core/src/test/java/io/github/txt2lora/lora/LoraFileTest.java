package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that the precision of a file cannot hold. */
class LoraFileTest {

    private static final LoraModule LAYER =
            new LoraModule("mid_block.attentions.0.proj_in", new LayerShape(4, List.of(3L)));

    @TempDir
    Path folder;

    private Torch torch;
    private NDManager scope;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void start() {
        torch = TestTorch.start();
        scope = torch.newScope();
    }

    @AfterEach
    void stop() {
        scope.close();
        torch.close();
    }

    private Path write(Precision precision, float down, float up) {
        LoraSpec spec = LoraSpec.builder().rank(2).target(LoraTarget.FULL).build();
        var slot = new LoraParameters.Slot(LAYER, 2, spec.alpha() / 2, 0, 6);
        float[] values = new float[14];
        Arrays.fill(values, 0, 6, down);
        Arrays.fill(values, 6, 14, up);
        Path file = folder.resolve("a.safetensors");
        LoraFile.write(
                file,
                LoraParameters.of(scope, List.of(slot), values),
                new LoraFileNaming.Kohya(),
                precision,
                Map.of(),
                warnings::add);
        return file;
    }

    @Test
    void a_module_that_becomes_zero_in_the_precision_is_named() {
        assertThat(write(Precision.FP16, 1, 1e-8f)).isRegularFile();

        assertThat(warnings)
                .containsExactly(
                        "all numbers in the matrices of 1 module are too small for FP16, where they become zero;"
                                + " save in BF16 or FP32 to keep them: lora_unet_mid_block_attentions_0_proj_in");
    }

    @ParameterizedTest
    @CsvSource({"FP16, 4e-8", "FP16, 0", "BF16, 1e-8", "FP32, 1e-8"})
    void what_stays_or_was_zero_anyway_is_not_told(Precision precision, float up) {
        write(precision, 1, up);

        assertThat(warnings).isEmpty();
    }

    @Test
    void a_number_too_large_for_the_precision_is_named_and_nothing_is_written() {
        assertThatThrownBy(() -> write(Precision.FP16, 1, 70_000))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessage("the LoRA's lora_unet_mid_block_attentions_0_proj_in.lora_up.weight became 70000.0, which a"
                        + " file in FP16 cannot hold; expected finite numbers. Lower the learning rate or save in BF16"
                        + " or FP32");
        assertThat(folder).isEmptyDirectory();
    }
}
