package io.github.txt2lora.cli;

/** Calls code that swallows the interrupt of its thread. */
final class Uninterrupted {

    private Uninterrupted() {}

    /** Runs it on a thread of its own and waits for it; an interrupt meanwhile stays with the caller. */
    static void run(Runnable action) {
        var thread = new Thread(action, "txt2lora-uninterrupted");
        thread.start();
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
