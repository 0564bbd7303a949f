package io.github.txt2lora.batch;

import io.github.txt2lora.internal.file.AtomicFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the report of a batch anew while it runs, on a thread of its own so that a slow disk holds nothing up: every few
 * seconds if something has changed, and soon after a preview. What goes wrong is logged once and ends nothing.
 */
final class LiveReport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveReport.class);

    /** Between two refreshes of the page. */
    static final int SECONDS = 5;

    private static final long TICK_MILLIS = 500;

    /** Between two files, as a multiple of the time that it took to write one. */
    private static final int IDLE = 50;

    /** A page that nothing happens on is written all the same, so that its reader sees that the batch runs. */
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private final LiveBatch batch;
    private final LivePage page;
    private final Path file;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CompletableFuture<Void> writing;
    private boolean hasFailed;

    /** Starts to write. */
    LiveReport(LiveBatch batch, LivePage page, Path file) {
        this.batch = batch;
        this.page = page;
        this.file = file;
        this.writing = CompletableFuture.runAsync(this::run, LiveReport::start);
    }

    private static void start(Runnable task) {
        var thread = new Thread(task, "txt2lora-report");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        long lastNanos = System.nanoTime();
        long tookNanos = 0;
        boolean isFirst = true;
        while (awaitTick()) {
            Duration rest = Duration.ofNanos(System.nanoTime() - lastNanos);
            boolean mayWrite = rest.toNanos() >= IDLE * tookNanos;
            boolean should = isFirst
                    || batch.isUrgent()
                    || rest.compareTo(LONGEST_REST) > 0
                    || (batch.hasChanged() && rest.compareTo(Duration.ofSeconds(SECONDS)) >= 0);
            if (mayWrite && should) {
                long begin = System.nanoTime();
                write();
                lastNanos = System.nanoTime();
                tookNanos = lastNanos - begin;
                isFirst = false;
            }
        }
    }

    private boolean awaitTick() {
        try {
            return !closing.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** A page that cannot be written is no reason to end a batch, nor is a fault in it. */
    @SuppressWarnings("CatchingUnchecked")
    private void write() {
        try {
            AtomicFile.write(file, page.html(batch));
        } catch (RuntimeException | Error e) {
            if (!hasFailed) {
                hasFailed = true;
                LOG.warn("the report cannot be written while the batch runs: {}", e.getMessage());
            }
        }
    }

    /** Ends writing, so that the file may be replaced by the final one, which goes to the same disk. */
    @Override
    public void close() {
        closing.countDown();
        writing.join(); // an interrupt does not end the wait
    }
}
