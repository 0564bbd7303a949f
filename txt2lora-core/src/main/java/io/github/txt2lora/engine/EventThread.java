package io.github.txt2lora.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one thread of an engine that calls listeners. */
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

    @Override
    public void execute(Runnable delivery) {
        executor.execute(delivery);
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
