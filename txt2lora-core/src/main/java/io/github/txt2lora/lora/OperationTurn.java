package io.github.txt2lora.lora;

import io.github.txt2lora.Txt2LoraException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one operation run at a time, on the thread that calls it, and ends it early when that thread is interrupted or
 * the process ends.
 */
final class OperationTurn {

    /** Enough for an operation that is told of the end while a listener runs to remove its temporary file. */
    private static final long LONGEST_CLEANUP_SECONDS = 2;

    private final ReentrantLock turn = new ReentrantLock();

    /** Held while an operation computes; free while it calls listeners, which may end the process themselves. */
    private final ReentrantLock work = new ReentrantLock();

    private volatile boolean ending;

    /** Runs an operation once no other runs. */
    <T> T take(Supplier<T> operation) {
        turn.lock();
        work.lock();
        try {
            return operation.get();
        } finally {
            work.unlock();
            turn.unlock();
        }
    }

    /**
     * A place where an operation can end.
     *
     * @throws Txt2LoraException if the thread is interrupted, which it then stays, or the process is ending
     */
    void checkpoint() {
        if (ending) {
            throw new Txt2LoraException("the operation was broken off because the process is ending");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new Txt2LoraException("the operation was broken off because its thread was interrupted");
        }
    }

    /** Calls listeners within an operation. */
    void outside(Runnable calls) {
        work.unlock();
        try {
            calls.run();
        } finally {
            work.lock();
        }
        checkpoint();
    }

    /**
     * Ends the operation under way at its next {@link #checkpoint()}, since the process is ending.
     *
     * @param free runs once nothing is computed any more
     */
    void end(Runnable free) {
        ending = true;
        work.lock();
        try {
            free.run();
        } finally {
            work.unlock();
        }
        try {
            if (turn.tryLock(LONGEST_CLEANUP_SECONDS, TimeUnit.SECONDS)) {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
