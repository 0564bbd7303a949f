package io.github.txt2lora.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that is full, and then read-only: a disk in memory, in a namespace of its own, under Linux. */
class SmallDiskTest {

    private static final String MOUNT = "mount -t tmpfs -o size=64k none \"$1\"";

    @TempDir
    Path folder;

    /** Runs in the namespace. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]).resolve("krnkmd.safetensors");
        if (Files.notExists(file)) {
            AtomicFile.write(file, "old");
        }
        try {
            AtomicFile.write(file, "x".repeat(100_000));
        } catch (StorageException e) {
            System.out.println(e.getMessage());
        }
        try (Stream<Path> files = Files.list(file.getParent())) {
            System.out.println(files.toList() + " " + Files.readString(file));
        }
    }

    @Test
    void full_and_read_only_disks_are_told_apart_and_leave_the_older_file() throws Exception {
        assumeThat(exitCode(MOUNT)).as("a namespace can be made here").isZero();
        String run = "'%s/bin/java' -Xshare:auto -cp '%s' %s \"$1\""
                .formatted(
                        System.getProperty("java.home"),
                        System.getProperty("java.class.path"),
                        SmallDiskTest.class.getName());

        Process process = start(MOUNT + " && " + run + " && mount -o remount,ro \"$1\" && " + run);

        String file = folder.resolve("krnkmd.safetensors").toString();
        String untouched = "[" + file + "] old";
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                // pages of memory, of which such a disk consists, differ in size
                .map(line -> line.replaceFirst("[0-9.]+ (KiB|bytes) are there", "... are there"))
                .toList();
        assertThat(lines)
                .containsExactly(
                        file + " cannot be written: the disk of " + folder
                                + " is full: 97.7 KiB are needed and ... are there; free some space, or choose a folder"
                                + " on another disk",
                        untouched,
                        file + " cannot be written: the file system of " + folder
                                + " is read-only; choose a folder elsewhere",
                        untouched);
    }

    private int exitCode(String script) throws InterruptedException {
        try {
            return start(script).waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private Process start(String script) throws IOException {
        return new ProcessBuilder("unshare", "-r", "-m", "sh", "-c", script, "sh", folder.toString())
                .redirectErrorStream(true)
                .start();
    }
}
