package io.github.txt2lora.torch.device;

import java.util.Optional;

/**
 * The memory of a GPU at one moment.
 *
 * @param freeBytes not used by any process; libtorch's cache of freed blocks counts as used
 * @param totalBytes of the GPU
 */
public record GpuMemory(long freeBytes, long totalBytes) {

    /** Asks the driver; empty if it does not tell. */
    public static Optional<GpuMemory> of(Gpu gpu) {
        return CudaDriver.memory(gpu.index());
    }
}
