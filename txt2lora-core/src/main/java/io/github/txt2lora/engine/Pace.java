package io.github.txt2lora.engine;

import io.github.txt2lora.PreviewSpec;
import java.time.Duration;

/**
 * Speed, duration and time left of a training, pauses left out. Times are given by the caller, as of
 * {@link System#nanoTime()}.
 */
final class Pace {

    /** Weight of the newest iteration; LECO's iterations differ in length, so it is small. */
    private static final double NEWEST = 0.05;

    private final int iterations;
    private final PreviewTime previews;
    private long startNanos;
    private Duration earlier = Duration.ZERO;
    private long lastNanos;
    private long pausedAtNanos;
    private boolean paused;
    private double meanSeconds;
    private int made;
    private int done;

    Pace(int iterations) {
        this(iterations, PreviewSpec.off());
    }

    Pace(int iterations, PreviewSpec previews) {
        this.iterations = iterations;
        this.previews = new PreviewTime(previews, iterations);
    }

    /**
     * The first iteration of this run begins.
     *
     * @param alreadyDone iterations of earlier runs
     * @param alreadyElapsed their time
     */
    void start(long nowNanos, int alreadyDone, Duration alreadyElapsed) {
        startNanos = nowNanos - alreadyElapsed.toNanos();
        earlier = alreadyElapsed;
        lastNanos = nowNanos;
        done = alreadyDone;
    }

    void pause(long nowNanos) {
        pausedAtNanos = nowNanos;
        paused = true;
    }

    /** The pause is over. */
    void resume(long nowNanos) {
        startNanos += nowNanos - pausedAtNanos;
        lastNanos += nowNanos - pausedAtNanos;
        paused = false;
    }

    /** Counts an iteration that ended now. */
    void iterationDone(long nowNanos) {
        double seconds = (nowNanos - lastNanos) / 1e9;
        lastNanos = nowNanos;
        done++;
        made++;
        // plain mean at first, so that the first iteration does not weigh for long
        double weight = Math.max(NEWEST, 1.0 / made);
        meanSeconds += weight * (seconds - meanSeconds);
    }

    /** Whether a preview may be drawn now. */
    boolean hasTimeForPreview(long nowNanos) {
        return previews.allowsAnother(elapsed(nowNanos).minus(earlier));
    }

    /** The time of the last preview. */
    Duration previewTime() {
        return previews.last();
    }

    /** A preview took so long, which is no part of an iteration. */
    void previewDrawn(Duration time) {
        lastNanos += time.toNanos();
        previews.drawn(time);
    }

    /** Iterations were thrown away, and so many are left; the time they took stays. */
    void fallBack(int iterationsLeft) {
        done = iterationsLeft;
    }

    /** Time since the start without the pauses. */
    Duration elapsed(long nowNanos) {
        return Duration.ofNanos((paused ? pausedAtNanos : nowNanos) - startNanos);
    }

    /** From a running mean of the time that iterations take. */
    double iterationsPerSecond() {
        return meanSeconds == 0 ? 0 : 1 / meanSeconds;
    }

    /** Time to the end, previews included. */
    Duration remaining() {
        double seconds = meanSeconds * (iterations - done)
                + previews.remainingSeconds(done, elapsed(lastNanos).minus(earlier), meanSeconds);
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
