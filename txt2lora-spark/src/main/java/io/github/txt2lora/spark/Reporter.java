package io.github.txt2lora.spark;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingEvent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells the driver of the LoRAs of a task; of iterations now and then, unless it wants all. */
final class Reporter {

    private static final long BETWEEN_ITERATIONS = Duration.ofSeconds(1).toNanos();

    private final Consumer<Message> driver;
    private final String run;
    private final int attempt;
    private final boolean everyIteration;
    private final LongSupplier nanoTime;
    private final Map<String, Long> lastIterations = new ConcurrentHashMap<>();

    Reporter(Consumer<Message> driver, String run, int attempt, boolean everyIteration, LongSupplier nanoTime) {
        this.driver = driver;
        this.run = run;
        this.attempt = attempt;
        this.everyIteration = everyIteration;
        this.nanoTime = nanoTime;
    }

    boolean wantsEveryIteration() {
        return everyIteration;
    }

    void tell(String key, Happening happening) {
        driver.accept(new Message(run, key, attempt, happening));
    }

    void training(String key, TrainingEvent event) {
        if (everyIteration || !(event instanceof IterationFinished iteration) || isDue(key, iteration)) {
            tell(key, new Happening.Training(event));
        }
    }

    private boolean isDue(String key, IterationFinished iteration) {
        long now = nanoTime.getAsLong();
        Long last = lastIterations.get(key);
        boolean due =
                last == null || now - last >= BETWEEN_ITERATIONS || iteration.iteration() == iteration.iterations();
        if (due) {
            lastIterations.put(key, now);
        }
        return due;
    }
}
