package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import org.jspecify.annotations.Nullable;

/**
 * The state of a job and the requests to change it. The training thread passes {@link #checkpoint} before each call of
 * a network, by {@link io.github.txt2lora.torch.Torch#checkingCalls}, and each read of weights; there it waits while
 * paused and learns that it was cancelled.
 */
class JobControl {

    private JobState state = JobState.QUEUED;
    private @Nullable CancelMode cancelled;
    private boolean pauseWanted;
    private boolean woken;
    private Runnable whilePaused = () -> {};

    /** Thrown to leave the training from wherever it is. */
    static final class CancelSignal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CancelSignal() {
            super("cancelled", null, false, false);
        }
    }

    synchronized JobState state() {
        return state;
    }

    /** From queued to running; false if it was cancelled before. */
    synchronized boolean begin() {
        if (state != JobState.QUEUED) {
            return false;
        }
        state = JobState.RUNNING;
        return true;
    }

    /** Enters a terminal state; the first one stays. */
    synchronized void end(JobState terminal) {
        if (!state.isTerminal()) {
            state = terminal;
        }
    }

    synchronized void pause() {
        if (!state.isTerminal() && cancelled == null) {
            pauseWanted = true;
        }
    }

    /**
     * What is done in a pause, at its start and each time that it is woken.
     *
     * @param task runs on the thread that waits
     */
    synchronized void whilePaused(Runnable task) {
        whilePaused = task;
    }

    /** There may be something to do in a pause. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    synchronized void resume() {
        pauseWanted = false;
        notifyAll();
    }

    /**
     * Asks for the end; the first request wins.
     *
     * @return whether this ended the job at once, because it was still queued
     */
    synchronized boolean cancel(CancelMode mode) {
        if (state.isTerminal() || cancelled != null) {
            return false;
        }
        cancelled = mode;
        pauseWanted = false;
        notifyAll();
        if (state == JobState.QUEUED) {
            state = JobState.CANCELLED;
            return true;
        }
        return false;
    }

    /** The way in which the job was cancelled; null if it was not. */
    synchronized @Nullable CancelMode cancelMode() {
        return cancelled;
    }

    /**
     * Waits while paused.
     *
     * @param onPause runs once before waiting
     * @param onResume runs once, after the wait, when the training continues
     * @throws CancelSignal if the job was cancelled
     */
    void checkpoint(Runnable onPause, Runnable onResume) {
        if (enterPause()) {
            onPause.run();
            if (awaitResume()) {
                onResume.run();
            }
        }
        if (cancelMode() != null) {
            throw new CancelSignal();
        }
    }

    private synchronized boolean enterPause() {
        if (pauseWanted && cancelled == null) {
            state = JobState.PAUSED;
            woken = true;
            return true;
        }
        return false;
    }

    /** Whether the training continues. */
    private boolean awaitResume() {
        while (awaitCall()) {
            task().run();
        }
        return goOn();
    }

    private synchronized Runnable task() {
        return whilePaused;
    }

    private synchronized boolean goOn() {
        if (cancelled != null) {
            return false;
        }
        state = JobState.RUNNING;
        return true;
    }

    /** Waits for the end of the pause, which is false, or for something to do. */
    private synchronized boolean awaitCall() {
        boolean interrupted = false;
        while (pauseWanted && cancelled == null && !woken) {
            try {
                wait();
            } catch (InterruptedException e) {
                // The engine's threads are not interrupted to stop them; cancel does that.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        woken = false;
        return pauseWanted && cancelled == null;
    }
}
