package io.github.txt2lora.proof;

import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.device.DetectedGpus;
import io.github.txt2lora.torch.device.DriverState;
import io.github.txt2lora.torch.device.Gpu;
import io.github.txt2lora.torch.device.GpuMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this machine has to compute on, and with what. */
final class DeviceFacts {

    private DeviceFacts() {}

    /** Driver, GPUs, and PyTorch. */
    static List<DeviceFinding> of(DetectedGpus detected) {
        List<DeviceFinding> facts = new ArrayList<>();
        facts.add(DeviceFinding.fact("NVIDIA driver", inWords(detected.driver())));
        for (Gpu gpu : detected.driver().gpus()) {
            facts.add(DeviceFinding.fact(
                    "GPU cuda:" + gpu.index(), gpu.name() + ", compute capability " + gpu.capability()));
        }
        facts.add(DeviceFinding.fact("PyTorch", detected.libtorch().toString()));
        return facts;
    }

    private static String inWords(DriverState driver) {
        if (driver instanceof DriverState.Working working) {
            return "for CUDA " + working.cuda();
        }
        return driver instanceof DriverState.Failing failing
                ? "does not start: " + failing.name()
                : "none (" + ((DriverState.Missing) driver).reason() + ")";
    }

    /** A GPU that could be used and is not, although the choice was left open. */
    static Optional<DeviceFinding> unusedGpu(DetectedGpus detected) {
        return detected.obstacle()
                .map(obstacle -> DeviceFinding.failure("use of the GPU", obstacle.found(), obstacle.remedy()));
    }

    /** The device that is used. */
    static DeviceFinding used(Torch torch) {
        return DeviceFinding.fact(
                "device", torch.gpu().map(Gpu::toString).orElseGet(() -> "cpu, " + torch.threads() + " threads"));
    }

    /** Its free memory; empty on a CPU, or if the driver does not tell. */
    static Optional<DeviceFinding> memory(Optional<GpuMemory> memory) {
        return memory.map(bytes -> DeviceFinding.fact(
                "memory of the GPU",
                ByteSize.text(bytes.freeBytes()) + " free of " + ByteSize.text(bytes.totalBytes())));
    }
}
