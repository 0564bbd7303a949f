package io.github.txt2lora.cli;

import java.util.concurrent.CountDownLatch;

/** The program of {@link CtrlCTest} that does not end when it is interrupted. */
final class StubbornCommand {

    static final String BEGUN = "begun";
    static final String INTERRUPTED = "interrupted";

    private StubbornCommand() {}

    /** Runs until it is killed. */
    public static void main(String[] args) {
        System.exit(Interruption.guard(StubbornCommand::run));
    }

    private static int run() {
        System.out.println(BEGUN);
        while (true) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                System.out.println(INTERRUPTED);
            }
        }
    }
}
