package io.github.txt2lora.torch;

import io.github.txt2lora.Txt2LoraException;

/**
 * Stops the use of libtorch before the process ends. When a JVM exits, C++ destroys libtorch's global objects while
 * threads still run, and an operation that is under way then reads freed memory and crashes the process.
 */
public final class ExitHook implements AutoCloseable {

    private final Thread hook;

    /**
     * Registers what stops the use; the process waits for it.
     *
     * @throws Txt2LoraException if the process is ending already
     */
    public ExitHook(Runnable stop) {
        this.hook = new Thread(stop, "txt2lora-exit");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new Txt2LoraException(
                    "nothing that uses libtorch can be opened any more, because the process is ending", e);
        }
    }

    /** There is nothing left to stop. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending, and the hook runs
        }
    }
}
