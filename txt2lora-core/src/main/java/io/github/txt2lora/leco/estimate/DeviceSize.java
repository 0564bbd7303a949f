package io.github.txt2lora.leco.estimate;

import com.sun.management.OperatingSystemMXBean;
import io.github.txt2lora.torch.Torch;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * The memory of a device.
 *
 * @param name as in {@link io.github.txt2lora.Device}, or the size of graphics cards
 * @param isCuda whether it is an NVIDIA GPU
 * @param available bytes that a training can take, with what libtorch takes for itself; empty where the system does not
 *     tell
 */
public record DeviceSize(String name, boolean isCuda, OptionalLong available) {

    /** Java, libtorch and its libraries, and the heap of Java. */
    private static final long CPU_BASE_BYTES = 320L << 20;

    /** CUDA's context, kernels that were loaded, and workspaces of cuBLAS and cuDNN; not measured yet. */
    private static final long CUDA_BASE_BYTES = 600L << 20;

    /** A system that draws its desktop on the card leaves this much less. */
    private static final long DESKTOP_BYTES = 256L << 20;

    /**
     * The device of an engine. On the CPU, what others use does not count, so that the same training takes the same way
     * each time.
     */
    public static DeviceSize of(Torch torch) {
        if (torch.isCuda()) {
            OptionalLong free = torch.freeGpuBytes();
            return new DeviceSize(
                    "cuda:" + torch.device().getDeviceId(),
                    true,
                    free.isEmpty() ? free : OptionalLong.of(free.getAsLong() + CUDA_BASE_BYTES));
        }
        return new DeviceSize(
                "cpu",
                false,
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                        ? OptionalLong.of(system.getTotalMemorySize())
                        : OptionalLong.empty());
    }

    /** A graphics card of a common size. */
    public static DeviceSize card(int gibibytes) {
        return new DeviceSize(gibibytes + " GiB", true, OptionalLong.of(((long) gibibytes << 30) - DESKTOP_BYTES));
    }

    /** What libtorch takes for itself. */
    long baseBytes() {
        return isCuda ? CUDA_BASE_BYTES : CPU_BASE_BYTES;
    }

    /** Whether so many bytes fit, or it is unknown. */
    boolean fits(long bytes) {
        return available.isEmpty() || bytes <= available.getAsLong();
    }
}
