package io.github.txt2lora.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A check that finds nothing wrong with a device proves nothing unless it finds what is wrong with others. */
class WrongDeviceTest {

    private static final UnaryOperator<NDArray> ONE_PERCENT_OFF = array -> array.mul(1.01f);
    private static final UnaryOperator<NDArray> NOT_A_NUMBER = array -> array.mul(Float.NaN);

    private interface Part {
        void run(Torch device, Torch cpu, SmallModel model, Findings findings);
    }

    private static List<DeviceFinding> failures(Families families, Part part) {
        var findings = new Findings(finding -> {});
        try (Torch device = cpu(1);
                Torch reference = cpu(2);
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny")) {
            part.run(
                    device,
                    reference,
                    new SmallModel(families.of(checkpoint), checkpoint, ClipTokenizer.load()),
                    findings);
        }
        return findings.all().stream().filter(finding -> !finding.passed()).toList();
    }

    private static Torch cpu(int threads) {
        return Torch.start(
                EngineOptions.builder().device(Device.cpu()).threads(threads).build());
    }

    private static void compareNetworks(Torch device, Torch cpu, SmallModel model, Findings findings) {
        new NetworkComparison(cpu, model).run(device, Precision.FP32, findings);
    }

    private static void compareSteps(Torch device, Torch cpu, SmallModel model, Findings findings) {
        new StepComparison(cpu, device, model, true).run(findings);
    }

    private static void watchMemory(Torch device, Torch cpu, SmallModel model, Findings findings) {
        SteadyMemory.run(device, model, findings, 1, 2);
    }

    @Test
    void text_encoders_that_are_off_are_found() {
        assertThat(failures(WrongDevice.encoding(ONE_PERCENT_OFF), WrongDeviceTest::compareNetworks))
                .singleElement()
                .satisfies(failure -> {
                    assertThat(failure.check()).isEqualTo("text encoder in FP32");
                    assertThat(failure.measured()).isEqualTo("relative error 1e-2");
                    assertThat(failure.allowed()).contains("at most 1e-3");
                    assertThat(failure.remedy()).isPresent();
                });
    }

    @Test
    void a_unet_that_is_off_is_found() {
        assertThat(failures(WrongDevice.predicting(ONE_PERCENT_OFF), WrongDeviceTest::compareNetworks))
                .extracting(DeviceFinding::check)
                .containsExactly("UNet in FP32");
    }

    @Test
    void a_vae_that_gives_no_numbers_is_found() {
        assertThat(failures(WrongDevice.decoding(NOT_A_NUMBER), WrongDeviceTest::compareNetworks))
                .extracting(DeviceFinding::check, DeviceFinding::measured)
                .containsExactly(tuple("VAE in FP32", "relative error NaN"));
    }

    @Test
    void a_wrong_gradient_is_found_in_each_iteration() {
        Families families = WrongDevice.learning(result ->
                new LoraGradient(result.loss(), result.norm(), result.gradient().mul(1.01f), result.prediction()));

        assertThat(failures(families, WrongDeviceTest::compareSteps))
                .extracting(DeviceFinding::check)
                .contains("gradient of iteration 1", "gradient of iteration 2", "gradient of iteration 3")
                .doesNotContain("loss of iteration 1", "two equal trainings");
    }

    @Test
    void a_wrong_loss_is_found() {
        Families families = WrongDevice.learning(result ->
                new LoraGradient(1.01 * result.loss(), result.norm(), result.gradient(), result.prediction()));

        assertThat(failures(families, WrongDeviceTest::compareSteps))
                .extracting(DeviceFinding::check)
                .containsExactly("loss of iteration 1", "loss of iteration 2", "loss of iteration 3");
    }

    @Test
    void runs_of_different_bytes_are_found() {
        var calls = new AtomicInteger();
        Families families = WrongDevice.learning(result -> new LoraGradient(
                result.loss(),
                result.norm(),
                result.gradient().mul(1 + 1e-6f * calls.incrementAndGet()),
                result.prediction()));

        assertThat(failures(families, WrongDeviceTest::compareSteps))
                .extracting(DeviceFinding::check)
                .containsExactly("two equal trainings");
    }

    @Test
    void tensors_that_are_left_behind_are_found() {
        assertThat(failures(WrongDevice.leaking(), WrongDeviceTest::watchMemory))
                .extracting(DeviceFinding::check)
                .containsExactly("tensors kept by 2 iterations");
    }

    @Test
    void a_device_that_fails_is_reported_with_the_words_of_libtorch() {
        Families families = WrongDevice.predicting(array -> {
            throw new TorchException("libtorch failed in UNet.forward: no kernel image is available", false, null);
        });

        assertThat(failures(families, WrongDeviceTest::compareNetworks))
                .singleElement()
                .satisfies(failure -> {
                    assertThat(failure.check()).isEqualTo("UNet in FP32");
                    assertThat(failure.measured()).contains("no kernel image is available");
                });
    }

    @Test
    void a_device_like_the_cpu_has_no_failures() {
        assertThat(failures(Families.standard(), (device, cpu, model, findings) -> {
                    compareNetworks(device, cpu, model, findings);
                    compareSteps(device, cpu, model, findings);
                    watchMemory(device, cpu, model, findings);
                }))
                .isEmpty();
    }
}
