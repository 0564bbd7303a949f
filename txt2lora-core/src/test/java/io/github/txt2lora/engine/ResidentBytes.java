package io.github.txt2lora.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process that is in RAM. */
final class ResidentBytes {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentBytes() {}

    /** Whether the system tells. */
    static boolean areKnown() {
        return Files.exists(STATUS);
    }

    static long now() throws IOException {
        String line = Files.readAllLines(STATUS).stream()
                .filter(text -> text.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
}
