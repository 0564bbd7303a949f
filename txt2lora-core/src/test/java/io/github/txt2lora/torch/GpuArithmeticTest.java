package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import io.github.txt2lora.EngineOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** libtorch's build for the CPU keeps the settings of GPUs too. */
class GpuArithmeticTest {

    private static final EngineOptions DEFAULTS = EngineOptions.builder().build();

    private Torch torch;
    private LibtorchContext context;

    @BeforeEach
    void loadLibtorch() {
        torch = TestTorch.start();
        context = LibtorchContext.ofProcess();
    }

    @AfterEach
    void restoreDefaults() {
        GpuArithmetic.apply(DEFAULTS);
        torch.close();
    }

    @Test
    void tf32_is_off_by_default_in_products_and_convolutions() {
        context.allowTf32(true);

        GpuArithmetic.apply(DEFAULTS);

        assertThat(context.allowsTf32InProducts()).isFalse();
        assertThat(context.allowsTf32InConvolutions()).isFalse();
        assertThat(context.isDeterministic()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void libtorch_is_told_each_option(boolean tf32, boolean deterministic) {
        GpuArithmetic.apply(DEFAULTS.toBuilder()
                .allowTf32(tf32)
                .deterministic(deterministic)
                .build());

        assertThat(context.allowsTf32InProducts()).isEqualTo(tf32);
        assertThat(context.allowsTf32InConvolutions()).isEqualTo(tf32);
        assertThat(context.isDeterministic()).isEqualTo(deterministic);
    }

    @Test
    void a_cpu_leaves_the_settings_of_gpus_alone() {
        EngineOptions options = DEFAULTS.toBuilder()
                .device(io.github.txt2lora.Device.cpu())
                .allowTf32(true)
                .build();

        try (Torch cpu = Torch.start(options)) {
            assertThat(cpu.usesTf32()).isFalse();
            assertThat(context.allowsTf32InProducts()).isFalse();
        }
    }

    @Test
    void native_code_sees_the_variables_that_are_set() {
        GpuArithmetic.setEnvironment("TXT2LORA_TEST", ":4096:8");

        String library = Platform.isWindows() ? "ucrtbase" : Platform.C_LIBRARY_NAME;
        assertThat(Function.getFunction(library, "getenv").invokeString(new Object[] {"TXT2LORA_TEST"}, false))
                .isEqualTo(":4096:8");
    }
}
