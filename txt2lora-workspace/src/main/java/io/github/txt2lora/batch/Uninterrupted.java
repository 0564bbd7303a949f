package io.github.txt2lora.batch;

import io.github.txt2lora.StorageException;
import java.util.function.Supplier;

/**
 * Does to its end what must not be left half done when the thread is interrupted: channels to files are closed by an
 * interrupt, in the middle of a record. The thread is interrupted again afterwards.
 */
final class Uninterrupted {

    private Uninterrupted() {}

    /** Does something with files that can be done again. */
    static <T> T get(Supplier<T> action) {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    return action.get();
                } catch (StorageException e) {
                    if (!Thread.currentThread().isInterrupted()) {
                        throw e;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
