package io.github.txt2lora.benchmarks.acceptance;

import java.util.ArrayList;
import java.util.List;

/** Makes memory scarce on a CPU, where a system would rather end the process than refuse it memory. */
final class LittleMemory {

    /** The JVM and libtorch reserve about half of it. */
    private static final long CPU_KIBIBYTES = 8L << 20;

    private LittleMemory() {}

    /** The same command; on a CPU with a limit on its address space. */
    static List<String> limit(List<String> command, AcceptanceOptions options) {
        if (!options.isCpu() || !System.getProperty("os.name").startsWith("Linux")) {
            return command;
        }
        List<String> limited =
                new ArrayList<>(List.of("sh", "-c", "ulimit -v " + CPU_KIBIBYTES + "; exec \"$@\"", "sh"));
        limited.addAll(command);
        return limited;
    }
}
