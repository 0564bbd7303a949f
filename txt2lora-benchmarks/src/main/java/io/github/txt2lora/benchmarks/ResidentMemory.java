package io.github.txt2lora.benchmarks;

import io.github.txt2lora.torch.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** This process's memory in MiB, as results are written. */
public final class ResidentMemory {

    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

    private ResidentMemory() {}

    /** The most that was resident so far; null where the system does not tell. */
    public static @Nullable Long peakMebibytes() {
        OptionalLong bytes = ProcessMemory.PEAK.bytes();
        return bytes.isPresent() ? bytes.getAsLong() >> 20 : null;
    }

    /** One of the process's numbers. */
    static long required(ProcessMemory memory) throws IOException {
        return memory.bytes()
                        .orElseThrow(() -> new IOException("this system does not tell " + memory + "; expected Linux"))
                >> 20;
    }

    /** Makes what is resident now the most so far. */
    static void resetPeak() throws IOException {
        Files.writeString(CLEAR_REFS, "5");
    }
}
