package io.github.txt2lora.internal.job;

/**
 * Keeps the process from ending by itself while jobs have not ended: the threads of an engine are daemons, since an
 * engine without jobs must not hold a process. {@link System#exit} and signals end it all the same.
 */
public final class ProcessHold implements AutoCloseable {

    private int jobs;
    private boolean closed;

    /** A job is queued. */
    public synchronized void take() {
        if (closed) {
            return;
        }
        jobs++;
        if (jobs == 1) {
            var thread = new Thread(this::awaitRelease, "txt2lora-hold");
            thread.setDaemon(false);
            thread.start();
        }
    }

    /** A job has ended, and everybody was told. */
    public synchronized void release() {
        jobs--;
        notifyAll();
    }

    private synchronized void awaitRelease() {
        while (jobs > 0 && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // nobody has a reason to interrupt it
            }
        }
    }

    /** No job holds the process any more. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
