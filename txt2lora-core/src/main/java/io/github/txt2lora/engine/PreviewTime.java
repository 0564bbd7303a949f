package io.github.txt2lora.engine;

import io.github.txt2lora.PreviewSpec;
import java.time.Duration;

/** The time that goes into a training's previews, and how much may. */
final class PreviewTime {

    private final PreviewSpec spec;
    private final int iterations;
    private double spentSeconds;
    private double lastSeconds;

    /** No preview was drawn yet. */
    PreviewTime(PreviewSpec spec, int iterations) {
        this.spec = spec;
        this.iterations = iterations;
    }

    /**
     * Whether another preview, as long as the last one, leaves previews within their share.
     *
     * @param elapsed time of the run so far, previews included
     */
    boolean allowsAnother(Duration elapsed) {
        return spentSeconds + lastSeconds <= spec.mostShare() * (seconds(elapsed) + lastSeconds);
    }

    /** A preview took so long. */
    void drawn(Duration time) {
        lastSeconds = seconds(time);
        spentSeconds += lastSeconds;
    }

    /** The time of the last preview. */
    Duration last() {
        return Duration.ofMillis(Math.round(lastSeconds * 1000));
    }

    /**
     * The time that will go into previews.
     *
     * @param done iterations that are made
     * @param elapsed time of the run so far, previews included
     * @param iterationSeconds that an iteration takes
     */
    double remainingSeconds(int done, Duration elapsed, double iterationSeconds) {
        if (!spec.isOn()) {
            return 0;
        }
        int left = iterations / spec.everyIterations() - done / spec.everyIterations();
        double wanted = left * lastSeconds;
        if (spec.mostShare() == 1) {
            return wanted;
        }
        double rest = seconds(elapsed) + iterationSeconds * (iterations - done);
        double allowed = (spec.mostShare() * rest - spentSeconds) / (1 - spec.mostShare());
        return Math.max(0, Math.min(wanted, allowed));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
