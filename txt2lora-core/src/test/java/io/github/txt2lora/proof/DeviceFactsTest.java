package io.github.txt2lora.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.torch.device.ComputeCapability;
import io.github.txt2lora.torch.device.CudaVersion;
import io.github.txt2lora.torch.device.DetectedGpus;
import io.github.txt2lora.torch.device.DriverState;
import io.github.txt2lora.torch.device.Gpu;
import io.github.txt2lora.torch.device.GpuMemory;
import io.github.txt2lora.torch.device.LibtorchPlan;
import io.github.txt2lora.torch.device.Obstacle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceFactsTest {

    private static final Gpu GPU = new Gpu(0, "NVIDIA GeForce RTX 3060", new ComputeCapability(8, 6));
    private static final DriverState WORKING = new DriverState.Working(new CudaVersion(12, 8), List.of(GPU));

    private static DetectedGpus detected(DriverState driver, Obstacle obstacle) {
        return new DetectedGpus(
                driver,
                new LibtorchPlan("2.7.1", "cu128", Map.of(), Optional.empty()),
                List.of(),
                Optional.ofNullable(obstacle));
    }

    @Test
    void tell_driver_gpus_and_pytorch() {
        assertThat(DeviceFacts.of(detected(WORKING, null)))
                .extracting(DeviceFinding::check, DeviceFinding::measured)
                .containsExactly(
                        tuple("NVIDIA driver", "for CUDA 12.8"),
                        tuple("GPU cuda:0", "NVIDIA GeForce RTX 3060, compute capability 8.6"),
                        tuple("PyTorch", "PyTorch 2.7.1 (cu128)"));
    }

    @Test
    void tell_why_there_is_no_driver() {
        assertThat(DeviceFacts.of(detected(new DriverState.Missing("libcuda.so.1: cannot open"), null)))
                .first()
                .extracting(DeviceFinding::measured)
                .isEqualTo("none (libcuda.so.1: cannot open)");
        assertThat(DeviceFacts.of(detected(new DriverState.Failing(999, "CUDA_ERROR_UNKNOWN"), null)))
                .first()
                .extracting(DeviceFinding::measured)
                .isEqualTo("does not start: CUDA_ERROR_UNKNOWN");
    }

    @Test
    void a_gpu_that_is_left_unused_is_a_failure_with_its_remedy() {
        assertThat(DeviceFacts.unusedGpu(
                        detected(WORKING, new Obstacle("PyTorch is the build for the CPU", "run -Pgpu"))))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.passed()).isFalse();
                    assertThat(finding.measured()).isEqualTo("PyTorch is the build for the CPU");
                    assertThat(finding.remedy()).contains("run -Pgpu");
                });
        assertThat(DeviceFacts.unusedGpu(detected(WORKING, null))).isEmpty();
    }

    @Test
    void tell_free_memory() {
        assertThat(DeviceFacts.memory(Optional.of(new GpuMemory(3L << 30, 12L << 30))))
                .hasValueSatisfying(finding -> assertThat(finding.measured()).isEqualTo("3.0 GiB free of 12.0 GiB"));
    }
}
