package io.github.txt2lora.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one thread of an engine that calls listeners and what depends on a job's completion. */
final class EventThread implements Executor, AutoCloseable {

    /** How long closing waits for listeners that are still busy. */
    private static final long CLOSE_SECONDS = 10;

    private final ExecutorService executor = Executors.newSingleThreadExecutor(this::newThread);
    private volatile @Nullable Thread thread;

    private Thread newThread(Runnable runnable) {
        var newThread = new Thread(runnable, "txt2lora-events");
        newThread.setDaemon(true);
        thread = newThread;
        return newThread;
    }

    /** Runs it on the thread or, when that is closed, on the caller's: a job may be asked for its end at any time. */
    @Override
    public void execute(Runnable delivery) {
        try {
            executor.execute(delivery);
        } catch (RejectedExecutionException e) {
            delivery.run();
        }
    }

    /** Lets the events that are queued arrive; a listener that closes the engine itself does not wait for itself. */
    @Override
    public void close() {
        executor.shutdown();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
