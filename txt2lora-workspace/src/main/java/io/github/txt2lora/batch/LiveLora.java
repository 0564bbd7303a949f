package io.github.txt2lora.batch;

import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of a LoRA while its batch runs. */
final class LiveLora {

    /** More points than this cannot be told apart. */
    private static final int MOST_POINTS = 1000;

    private static final int MOST_WARNINGS = 20;

    private final String name;
    private final List<Curve.Point> losses = new ArrayList<>();
    private final List<Curve.Point> gaps = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private String doing = "queued";
    private int every = 1;
    private int iteration;
    private int iterations;
    private double iterationsPerSecond;
    private boolean hasPreviews;
    private Optional<Duration> remaining = Optional.empty();
    private @Nullable Instant begun;
    private @Nullable LoraOutcome outcome;

    LiveLora(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** A word or two about what is being done. */
    String doing() {
        return doing;
    }

    Optional<LoraOutcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /** When its turn came. */
    Optional<Instant> begun() {
        return Optional.ofNullable(begun);
    }

    int iteration() {
        return iteration;
    }

    /** The iterations of the whole training; 0 while unknown. */
    int iterations() {
        return iterations;
    }

    double iterationsPerSecond() {
        return iterationsPerSecond;
    }

    /** To the end of the training; empty while unknown and afterwards. */
    Optional<Duration> remaining() {
        return remaining;
    }

    /** Whether previews are drawn while it trains. */
    boolean hasPreviews() {
        return hasPreviews;
    }

    List<Curve.Point> losses() {
        return losses;
    }

    List<Curve.Point> gaps() {
        return gaps;
    }

    List<String> warnings() {
        return warnings;
    }

    void turn(Instant now) {
        begun = now;
        doing = "preparing";
    }

    void does(String what) {
        doing = what;
        remaining = Optional.empty();
    }

    void warned(String message) {
        if (warnings.size() < MOST_WARNINGS) {
            warnings.add(message);
        }
    }

    void ended(LoraOutcome how) {
        outcome = how;
        remaining = Optional.empty();
    }

    /** Something happened in its training; whether it should be seen at once. */
    boolean happened(TrainingEvent event) {
        if (event instanceof TrainingStarted started) {
            iterations = started.training().iterations();
            hasPreviews = started.training().preview().isOn();
        } else if (event instanceof IterationFinished finished) {
            doing = "training";
            iteration = finished.iteration();
            iterations = finished.iterations();
            iterationsPerSecond = finished.iterationsPerSecond();
            remaining = Optional.of(finished.remaining());
            addLoss(new Curve.Point(finished.iteration(), finished.loss()));
        } else if (event instanceof GapMeasured gap) {
            add(gaps, new Curve.Point(gap.iteration(), gap.smoothedGap()));
        } else if (event instanceof TrainingWarning warning) {
            warned(warning.message());
        } else if (event instanceof StateRestored restored) {
            iteration = restored.iteration();
        } else if (event instanceof TrainingRecovered recovered) {
            iteration = recovered.resumesAfter();
            warned(recovered.found() + " in iteration " + recovered.iteration());
        } else if (event instanceof TrainingPaused) {
            doing = "paused";
        } else if (event instanceof TrainingResumed) {
            doing = "training";
        } else if (event instanceof TrainingFinished) {
            does("trained");
        }
        return event instanceof PreviewDrawn;
    }

    /** Of many losses every second is kept, then every fourth, and so on. */
    private void addLoss(Curve.Point point) {
        if (point.iteration() % every == 0) {
            add(losses, point);
        }
        if (losses.size() > MOST_POINTS) {
            every *= 2;
            losses.removeIf(earlier -> earlier.iteration() % every != 0);
        }
    }

    /** After going back, iterations come again. */
    private static void add(List<Curve.Point> points, Curve.Point point) {
        points.removeIf(earlier -> earlier.iteration() >= point.iteration());
        points.add(point);
    }
}
