package io.github.txt2lora.download;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.spi.DownloadProgress;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Tells how far a download is; whoever is told may end it by throwing. */
final class Heartbeat {

    /** Often enough to look steady, and to be cancelled at once; more would be in the way of fast lines. */
    private static final long BYTES_PER_BEAT = 4 << 20;

    private final String name;
    private final Consumer<DownloadProgress> progress;
    private final DownloadSettings settings;
    private long bytes;
    private long toldBytes;
    private OptionalLong total = OptionalLong.empty();

    Heartbeat(String name, Consumer<DownloadProgress> progress, DownloadSettings settings) {
        this.name = name;
        this.progress = progress;
        this.settings = settings;
    }

    /** Bytes that are there; tells it, unless they are but a few more. */
    void bytes(long newBytes) {
        bytes = newBytes;
        if (bytes < toldBytes || bytes - toldBytes >= BYTES_PER_BEAT) {
            beat();
        }
    }

    void total(OptionalLong newTotal) {
        total = newTotal;
    }

    void beat() {
        toldBytes = bytes;
        progress.accept(new DownloadProgress(bytes, total));
    }

    /** Waits and reports the progress meanwhile. */
    void pause(Duration duration) {
        long left = duration.toMillis();
        while (left > 0) {
            beat();
            long millis = Math.min(left, settings.poll().toMillis());
            try {
                settings.sleeper().sleep(millis);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            left -= millis;
        }
        beat();
    }

    /** The exception for a thread that is wanted elsewhere. */
    StorageException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StorageException(
                "the thread that downloaded " + name + " was interrupted; download it again to resume from here", e);
    }
}
