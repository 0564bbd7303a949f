package io.github.txt2lora.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** This process's memory as Linux reports it, in bytes; empty on other systems. */
public enum ProcessMemory {
    /** What is resident now. */
    RESIDENT("VmRSS:"),
    /** The most that was resident so far. */
    PEAK("VmHWM:"),
    /** Resident pages of files, libraries included. */
    FILE_PAGES("RssFile:");

    private static final Path STATUS = Path.of("/proc/self/status");

    private final String field;

    ProcessMemory(String field) {
        this.field = field;
    }

    /** The bytes. */
    public OptionalLong bytes() {
        try {
            return Files.isReadable(STATUS) ? bytes(Files.readString(STATUS)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    OptionalLong bytes(String status) {
        return status.lines()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst();
    }
}
