package io.github.txt2lora.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** This process's memory as the system reports it. */
public final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");
    private static final String PEAK = "VmHWM:";
    private static final String PRESENT = "VmRSS:";
    private static final String FILE_PAGES = "RssFile:";
    private static final long KIBIBYTES_PER_MEBIBYTE = 1024;

    private ResidentMemory() {}

    /** The most that was resident so far, in MiB; null where there is no {@code /proc/self/status}. */
    public static @Nullable Long peakMebibytes() throws IOException {
        return Files.isReadable(STATUS) ? peakMebibytes(Files.readString(STATUS)) : null;
    }

    static @Nullable Long peakMebibytes(String status) {
        return mebibytes(status, PEAK);
    }

    /** Resident memory now, in MiB; null where there is no {@code /proc/self/status}. */
    static @Nullable Long presentMebibytes() throws IOException {
        return Files.isReadable(STATUS) ? mebibytes(Files.readString(STATUS), PRESENT) : null;
    }

    /** Resident pages of files, libraries included, in MiB; null where there is no {@code /proc/self/status}. */
    static @Nullable Long filePageMebibytes() throws IOException {
        return Files.isReadable(STATUS) ? mebibytes(Files.readString(STATUS), FILE_PAGES) : null;
    }

    /** As {@link #peakMebibytes()}. */
    static long requiredPeakMebibytes() throws IOException {
        return required(peakMebibytes());
    }

    /** What the system told. */
    static long required(@Nullable Long mebibytes) throws IOException {
        if (mebibytes == null) {
            throw new IOException("this system has no " + STATUS + "; expected Linux");
        }
        return mebibytes;
    }

    /** Makes what is resident now the most so far. */
    static void resetPeak() throws IOException {
        Files.writeString(CLEAR_REFS, "5");
    }

    private static @Nullable Long mebibytes(String status, String field) {
        return status.lines()
                .filter(line -> line.startsWith(field))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / KIBIBYTES_PER_MEBIBYTE)
                .findFirst()
                .orElse(null);
    }
}
