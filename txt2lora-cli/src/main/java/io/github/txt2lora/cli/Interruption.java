package io.github.txt2lora.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jline.utils.Signals;

/**
 * Ends a command in good order when the process is told to end, by Ctrl-C, a signal or the end of its terminal:
 * interrupts the thread that runs the command, and holds the process until the command has ended. A second Ctrl-C ends
 * the process at once.
 */
final class Interruption {

    /** As of every process that Ctrl-C ends. */
    static final int EXIT_CODE = 130;

    private final Thread commandThread;
    private final CountDownLatch ended = new CountDownLatch(1);

    Interruption(Thread commandThread) {
        this.commandThread = commandThread;
    }

    /** Runs a command of this process on the calling thread; returns its exit code. */
    static int guard(IntSupplier command) {
        var pressed = new AtomicBoolean();
        Signals.register("INT", () -> ctrlC(pressed));
        var interruption = new Interruption(Thread.currentThread());
        var hook = new Thread(interruption::interrupt, "txt2lora-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return command.getAsInt();
        } finally {
            interruption.ended();
            removeHook(hook);
        }
    }

    /** Runs on a thread of its own each time; an exit waits for the hooks, so that only the first one comes through. */
    private static void ctrlC(AtomicBoolean pressed) {
        if (pressed.getAndSet(true)) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        System.exit(EXIT_CODE);
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending, and the hook has just been let go
        }
    }

    /** Interrupts the command and waits until it has ended. */
    void interrupt() {
        commandThread.interrupt();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The command has ended: everything is saved and said. */
    void ended() {
        ended.countDown();
    }
}
