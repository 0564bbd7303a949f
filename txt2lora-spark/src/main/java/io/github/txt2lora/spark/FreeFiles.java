package io.github.txt2lora.spark;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.FileClaim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Waits until nobody produces the files of a task whose executor was lost. Spark takes one for lost that has not been
 * heard of; until it ends itself it may still train. The locks of a host that has died outlive it on network drives,
 * with NFS 4 by 90 seconds.
 */
final class FreeFiles {

    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private FreeFiles() {}

    /**
     * Waits, but not for ever: the training says then who has the file.
     *
     * @param told is told once if there is something to wait for
     * @throws InterruptedException if the thread is interrupted
     */
    static void await(List<Path> files, Consumer<String> told) throws InterruptedException {
        await(files, PAUSE, told);
    }

    /** The same with another pause between two looks. */
    static void await(List<Path> files, Duration pause, Consumer<String> told) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean waits = false;
        for (Path file : files) {
            while (!isFree(file) && System.nanoTime() < end) {
                if (!waits) {
                    told.accept(file + " is still claimed by the executor that was lost; its successor waits until that"
                            + " has ended, at the most " + PATIENCE.toMinutes() + " minutes");
                    waits = true;
                }
                Thread.sleep(pause.toMillis());
            }
        }
    }

    private static boolean isFree(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return true;
        }
        try {
            Optional<FileClaim> claim = FileClaim.tryTake(file, "the look at what a lost executor left", warning -> {});
            claim.ifPresent(FileClaim::close);
            return claim.isPresent();
        } catch (StorageException e) {
            return true; // the training says what is wrong
        }
    }
}
