package io.github.txt2lora.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.Device;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.ops.DeviceCheck;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.ops.DeviceReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DjlDeviceCheckerTest {

    private static final ModelSource MODEL = ModelSource.file(Golden.file("checkpoints/sd1-tiny.safetensors"));

    @TempDir
    private Path folder;

    private LoraTraining.Builder training(String name) {
        return LoraTraining.builder()
                .name(name)
                .model(MODEL)
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("cat ears")
                        .neutral("1girl")
                        .resolution(64)
                        .build())
                .spec(TrainingSpec.builder().build())
                .output(folder.resolve("lora"));
    }

    @Test
    void checks_a_cpu_and_measures_trainings_on_it() {
        List<DeviceFinding> told = new ArrayList<>();

        DeviceReport report = DeviceCheck.builder()
                .model(MODEL)
                .device(Device.cpu())
                .training(training("krnkmd").build())
                .training(training("gone")
                        .model(ModelSource.file(folder.resolve("gone.safetensors")))
                        .build())
                .build()
                .run(told::add);

        assertThat(told).isEqualTo(report.findings());
        assertThat(report.device()).isEqualTo(Device.cpu());
        assertThat(report.findings())
                .extracting(DeviceFinding::check)
                .contains("PyTorch", "UNet in FP32", "VAE in BF16", "gradient of iteration 3", "two equal trainings");
        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.check()).isEqualTo("training of gone");
            assertThat(failure.measured()).contains("gone.safetensors");
        });
        assertThat(report.passed()).isFalse();
        assertThat(report.costs()).singleElement().satisfies(cost -> {
            assertThat(cost.training()).isEqualTo("krnkmd");
            assertThat(List.of(cost.height(), cost.width())).containsOnly(64);
            assertThat(cost.secondsPerIteration()).isPositive();
            assertThat(cost.duration().toNanos() * 1e-9).isGreaterThan(100 * cost.secondsPerIteration());
        });
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_device_that_is_not_there_is_a_finding() {
        DeviceReport report = DeviceCheck.builder()
                .model(MODEL)
                .device(Device.cuda(99))
                .training(training("krnkmd").build())
                .build()
                .run();

        assertThat(report.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.check()).isEqualTo("device");
            assertThat(failure.measured()).contains("cuda:99");
            assertThat(failure.remedy()).isPresent();
        });
        assertThat(report.costs()).isEmpty();
    }

    @Test
    void a_small_model_that_cannot_be_read_is_refused() throws Exception {
        Path file = Files.writeString(folder.resolve("model.safetensors"), "<html>");

        assertThatThrownBy(() -> DeviceCheck.builder()
                        .model(ModelSource.file(file))
                        .device(Device.cpu())
                        .build()
                        .run())
                .isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> DeviceCheck.builder().build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("model");
    }
}
