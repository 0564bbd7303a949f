package io.github.txt2lora.proof;

import io.github.txt2lora.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory in use: on a GPU that of the whole card, on the CPU that of this process. */
final class UsedMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private UsedMemory() {}

    /** Now, in bytes; empty if the system does not tell. */
    static OptionalLong now(Torch torch) {
        return torch.isCuda() ? ofGpu(torch) : ofProcess("VmRSS:");
    }

    /**
     * The most so far, in bytes. libtorch keeps the memory of a GPU that it once had, so there it is what is in use
     * now.
     */
    static OptionalLong peak(Torch torch) {
        return torch.isCuda() ? ofGpu(torch) : ofProcess("VmHWM:");
    }

    private static OptionalLong ofGpu(Torch torch) {
        return torch.gpuMemory().stream()
                .mapToLong(memory -> memory.totalBytes() - memory.freeBytes())
                .findFirst();
    }

    private static OptionalLong ofProcess(String field) {
        if (!Files.isReadable(STATUS)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readString(STATUS)
                    .lines()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
