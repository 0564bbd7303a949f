package io.github.txt2lora.proof;

import io.github.txt2lora.torch.ProcessMemory;
import io.github.txt2lora.torch.Torch;
import java.util.OptionalLong;

/** Memory in use: on a GPU that of the whole card, on the CPU that of this process. */
final class UsedMemory {

    private UsedMemory() {}

    /** Now, in bytes; empty if the system does not tell. */
    static OptionalLong now(Torch torch) {
        return torch.isCuda() ? ofGpu(torch) : ProcessMemory.RESIDENT.bytes();
    }

    /**
     * The most so far, in bytes. libtorch keeps the memory of a GPU that it once had, so there it is what is in use
     * now.
     */
    static OptionalLong peak(Torch torch) {
        return torch.isCuda() ? ofGpu(torch) : ProcessMemory.PEAK.bytes();
    }

    private static OptionalLong ofGpu(Torch torch) {
        return torch.gpuMemory().stream()
                .mapToLong(memory -> memory.totalBytes() - memory.freeBytes())
                .findFirst();
    }
}
