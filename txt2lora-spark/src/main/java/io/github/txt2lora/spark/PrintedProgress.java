package io.github.txt2lora.spark;

import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingEvent;
import java.io.PrintWriter;
import java.time.Duration;

/** Prints how a batch proceeds: a line for what matters, and now and then one for an iteration of any LoRA. */
final class PrintedProgress implements BatchListener {

    private static final long BETWEEN_ITERATIONS = Duration.ofSeconds(10).toNanos();

    private final PrintWriter out;
    private long lastIteration = System.nanoTime();

    PrintedProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void onLoraStarted(String name, int number, int total) {
        print(name, number + " of " + total);
    }

    @Override
    public void onTraining(String name, TrainingEvent event) {
        if (event instanceof IterationFinished iteration && System.nanoTime() - lastIteration > BETWEEN_ITERATIONS) {
            lastIteration = System.nanoTime();
            print(name, "iteration " + iteration.iteration() + " of " + iteration.iterations());
        } else if (event instanceof StateRestored restored) {
            print(name, "goes on after iteration " + restored.iteration());
        }
    }

    @Override
    public void onWarning(String name, String message) {
        print(name, "warning: " + message);
    }

    @Override
    public void onLoraEnded(LoraOutcome outcome) {
        print(outcome.name(), outcome.summary());
    }

    private void print(String name, String text) {
        out.println(name + ": " + text);
        out.flush();
    }
}
