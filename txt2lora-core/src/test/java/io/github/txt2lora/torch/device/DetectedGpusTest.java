package io.github.txt2lora.torch.device;

import static io.github.txt2lora.torch.device.FakeSurroundings.CPU_NATIVES;
import static io.github.txt2lora.torch.device.FakeSurroundings.GTX_1080;
import static io.github.txt2lora.torch.device.FakeSurroundings.RTX_3060;
import static io.github.txt2lora.torch.device.FakeSurroundings.RTX_4090;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.txt2lora.Device;
import io.github.txt2lora.InvalidSettingException;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DetectedGpusTest {

    private static final Function<Gpu, Optional<String>> WORKS = gpu -> Optional.empty();

    private static DetectedGpus detected(Gpu... gpus) {
        return GpuDetection.in(new FakeSurroundings().gpus(gpus));
    }

    @Test
    void auto_is_the_first_gpu() {
        ChosenDevice chosen = detected(RTX_3060, RTX_4090).choose(Device.auto(), true, WORKS);

        assertThat(chosen.gpu()).contains(RTX_3060);
        assertThat(chosen.obstacle()).isEmpty();
    }

    @Test
    void auto_passes_over_a_gpu_without_kernels() {
        assertThat(detected(GTX_1080, RTX_4090)
                        .choose(Device.auto(), true, WORKS)
                        .gpu())
                .contains(RTX_4090);
    }

    @Test
    void auto_passes_over_a_gpu_on_which_a_computation_fails() {
        assertThat(detected(RTX_3060, RTX_4090)
                        .choose(
                                Device.auto(),
                                true,
                                gpu -> gpu.index() == 0 ? Optional.of("CUDA error: out of memory") : Optional.empty())
                        .gpu())
                .contains(RTX_4090);
    }

    @Test
    void auto_is_the_cpu_and_tells_libtorchs_words_where_no_gpu_computes() {
        ChosenDevice chosen = detected(RTX_3060)
                .choose(
                        Device.auto(),
                        true,
                        gpu -> Optional.of("CUDA error: no kernel image is available for execution on the device"));

        assertThat(chosen.gpu()).isEmpty();
        assertThat(chosen.obstacle().orElseThrow().toString())
                .contains("PyTorch 2.7.1 (cu128) cannot compute on cuda:0 (NVIDIA GeForce RTX 3060")
                .contains("no kernel image is available");
    }

    @Test
    void auto_is_the_cpu_and_says_so_where_libtorch_sees_no_gpu() {
        ChosenDevice chosen = detected(RTX_3060).choose(Device.auto(), false, WORKS);

        assertThat(chosen.gpu()).isEmpty();
        assertThat(chosen.obstacle().orElseThrow().toString())
                .contains("PyTorch 2.7.1 (cu128) sees no GPU")
                .contains("nvidia-smi");
    }

    @Test
    void auto_is_the_cpu_without_a_word_where_there_is_no_gpu() {
        assertThat(GpuDetection.in(new FakeSurroundings()).choose(Device.auto(), false, WORKS))
                .isEqualTo(ChosenDevice.cpu());
    }

    @Test
    void cpu_is_the_cpu_whatever_there_is() {
        assertThat(detected(RTX_3060).choose(Device.cpu(), true, WORKS)).isEqualTo(ChosenDevice.cpu());
    }

    @Test
    void one_of_several_gpus_is_chosen_by_its_index() {
        assertThat(detected(RTX_3060, RTX_4090)
                        .choose(Device.cuda(1), true, WORKS)
                        .gpu())
                .contains(RTX_4090);
    }

    @Test
    void gpu_beyond_the_last_one_is_refused_with_those_that_there_are() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> detected(RTX_3060, RTX_4090).choose(Device.cuda(3), true, WORKS))
                .withMessageContaining("device is cuda:3; expected auto, cpu, or one of the 2 GPUs")
                .withMessageContaining("cuda:0 (NVIDIA GeForce RTX 3060, compute capability 8.6)")
                .withMessageContaining("cuda:1 (NVIDIA GeForce RTX 4090, compute capability 8.9)");
    }

    @Test
    void gpu_without_kernels_is_refused_though_another_could_be_used() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> detected(GTX_1080, RTX_4090).choose(Device.cuda(0), true, WORKS))
                .withMessageContaining("PyTorch 2.7.1 (cu128) has no kernels for cuda:0 (NVIDIA GeForce GTX 1080")
                .withMessageContaining("-Pgpu-offline");
    }

    @Test
    void gpu_that_is_wanted_beside_natives_for_the_cpu_is_refused_with_the_command() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> GpuDetection.in(
                                new FakeSurroundings().gpus(RTX_3060).bundled(CPU_NATIVES))
                        .choose(Device.cuda(), false, WORKS))
                .withMessageContaining("device is cuda:0: ")
                .withMessageContaining("-Pgpu");
    }

    @Test
    void gpu_that_is_wanted_without_a_driver_is_refused_with_the_systems_words() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> GpuDetection.in(new FakeSurroundings()).choose(Device.cuda(), false, WORKS))
                .withMessageContaining("no NVIDIA driver (libcuda.so.1: cannot open shared object file)")
                .withMessageContaining("use device cpu or auto");
    }
}
