package io.github.txt2lora.internal.job;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one thread of an engine that calls listeners and what depends on a job's completion. */
public final class EventThread implements Executor, AutoCloseable {

    /** The thread's name. */
    public static final String NAME = "txt2lora-events";

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

    private final ExecutorService executor = Executors.newSingleThreadExecutor(this::newThread);
    private final Duration longestClose;
    private volatile @Nullable Thread thread;

    /** A thread that waits ten seconds for listeners that are still busy when it is closed. */
    public EventThread() {
        this(LONGEST_CLOSE);
    }

    EventThread(Duration longestClose) {
        this.longestClose = longestClose;
    }

    private Thread newThread(Runnable runnable) {
        var newThread = new Thread(runnable, NAME);
        newThread.setDaemon(true);
        thread = newThread;
        return newThread;
    }

    /** Whether the caller runs on this thread. */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
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

    /**
     * Lets the events that are queued arrive, unless a listener takes too long: then it is left to itself, and what
     * comes after its event arrives when it is done, if ever. A listener that closes the engine itself does not wait
     * for itself.
     */
    @Override
    public void close() {
        executor.shutdown();
        if (isCurrent()) {
            return;
        }
        try {
            executor.awaitTermination(longestClose.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
