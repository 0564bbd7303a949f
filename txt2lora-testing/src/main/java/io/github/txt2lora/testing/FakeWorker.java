package io.github.txt2lora.testing;

import io.github.txt2lora.internal.job.EventThread;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** The threads of a fake engine: one works on the queue, the other calls listeners. */
final class FakeWorker implements Executor, AutoCloseable {

    /** A time that never comes. */
    static final Duration NEVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final VirtualClock clock;
    private final EventThread eventThread = new EventThread();
    private final Thread thread = new Thread(this::work, "txt2lora-fake");
    private final Deque<FakeTask> queue = new ArrayDeque<>();
    private final Deque<FakeTask> between = new ArrayDeque<>();
    private int deliveries;
    private boolean waiting;
    private boolean closed;

    FakeWorker(VirtualClock clock) {
        this.clock = clock;
        clock.add(this);
        thread.setDaemon(true);
        thread.start();
    }

    /** Queues a task. */
    void add(FakeTask task) {
        queue.add(task);
        wake();
    }

    /** Queues a task that is done before the next step of any other, as images are between iterations. */
    void addBetween(FakeTask task) {
        between.add(task);
        wake();
    }

    /** Something has changed; the lock is held. */
    void wake() {
        waiting = false;
        clock.signal();
    }

    /** Whether nothing happens until somebody asks for something; the lock is held. */
    boolean isQuiet() {
        return waiting && deliveries == 0;
    }

    /** When it continues by itself; the lock is held. */
    Duration due() {
        FakeTask task = queue.peek();
        return task == null ? NEVER : task.due();
    }

    boolean isCallingListeners() {
        return eventThread.isCurrent();
    }

    private void work() {
        boolean working = true;
        while (working) {
            working = clock.locked(this::workOnce);
        }
    }

    /** Does one thing, or waits until there may be one; false at the end. */
    private boolean workOnce() {
        between.removeIf(FakeTask::isDone);
        FakeTask first = between.poll();
        if (first != null) {
            return first.step(clock.now());
        }
        queue.removeIf(FakeTask::isDone);
        FakeTask task = queue.peek();
        if (task == null && closed) {
            return false;
        }
        if (task != null && (task.step(clock.now()) || clock.jumpTo(due()))) {
            return true;
        }
        waiting = true;
        clock.signal();
        clock.awaitWhile(() -> waiting);
        return true;
    }

    /** Runs what calls a listener or depends on a job. */
    @Override
    public void execute(Runnable delivery) {
        count(1);
        eventThread.execute(() -> {
            try {
                delivery.run();
            } finally {
                count(-1);
            }
        });
    }

    private void count(int change) {
        clock.locked(() -> {
            deliveries += change;
            clock.signal();
        });
    }

    /** Waits for the queue, whose tasks were cancelled, and for listeners. */
    @Override
    public void close() {
        clock.locked(() -> {
            closed = true;
            wake();
        });
        awaitEnd();
        eventThread.close();
        clock.remove(this);
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
