package io.github.txt2lora.cli;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.TrainingJob;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Ends a training in good order when the process is told to end, by Ctrl-C or a signal: cancels it, keeping what was
 * trained, and holds the process until this is closed.
 */
final class Interruption implements AutoCloseable {

    /** What the engine must be told too, since it cancels at the end of the process as well, perhaps before this. */
    static final CancelMode MODE = CancelMode.KEEP;

    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread hook;

    /** Watches over a job from now on. */
    void watch(TrainingJob job) {
        onEnd(() -> job.cancel(MODE));
    }

    /** Watches over a batch that the calling thread runs, which ends in good order when it is interrupted. */
    void watchThisThread() {
        onEnd(Thread.currentThread()::interrupt);
    }

    private void onEnd(Runnable cancellation) {
        hook = new Thread(() -> cancel(cancellation), "txt2lora-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Cancels and waits until this is closed. */
    void cancel(Runnable cancellation) {
        cancellation.run();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the process end: everything is saved and said. */
    @Override
    public void close() {
        closed.countDown();
        if (hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the process is ending, and the hook has just been let go
            }
        }
    }
}
