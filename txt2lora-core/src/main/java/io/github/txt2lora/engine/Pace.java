package io.github.txt2lora.engine;

import java.time.Duration;

/** Speed and time left of a training, from a running mean of the time that iterations take. */
final class Pace {

    /** Weight of the newest iteration; LECO's iterations differ in length, so it is small. */
    private static final double NEWEST = 0.05;

    private final int iterations;
    private long lastNanos;
    private double meanSeconds;
    private int done;

    Pace(int iterations, long nowNanos) {
        this.iterations = iterations;
        this.lastNanos = nowNanos;
    }

    /** Counts an iteration that ended now. */
    void iterationDone(long nowNanos) {
        double seconds = (nowNanos - lastNanos) / 1e9;
        lastNanos = nowNanos;
        done++;
        // plain mean at first, so that the first iteration does not weigh for long
        double weight = Math.max(NEWEST, 1.0 / done);
        meanSeconds += weight * (seconds - meanSeconds);
    }

    double iterationsPerSecond() {
        return meanSeconds == 0 ? 0 : 1 / meanSeconds;
    }

    Duration remaining() {
        return Duration.ofMillis(Math.round(meanSeconds * (iterations - done) * 1000));
    }
}
