package io.github.txt2lora.leco.state;

import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.leco.optimizer.LearningRates;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The state of a training, from which another process resumes it.
 *
 * @param trainer state of the trainer
 * @param gaps measurements during the run
 * @param losses of the iterations made
 * @param warnings given so far
 * @param started when the training first began
 * @param elapsed time spent so far
 * @param fingerprint everything that the training's result depends on, by name: the settings and the model
 */
public record TrainingState(
        RecoverableState trainer,
        GapState gaps,
        List<Double> losses,
        List<String> warnings,
        Instant started,
        Duration elapsed,
        SortedMap<String, String> fingerprint) {

    /** Copies the collections. */
    public TrainingState {
        losses = List.copyOf(losses);
        warnings = List.copyOf(warnings);
        fingerprint = Collections.unmodifiableSortedMap(new TreeMap<>(fingerprint));
    }

    /** The number of completed iterations. */
    public int iteration() {
        return trainer.trainer().iteration();
    }

    /**
     * The differences of another fingerprint, one sentence part each, for example
     * {@code learningRate is 2.0E-4, was 1.0E-4}.
     *
     * @param now the fingerprint to compare with
     */
    public List<String> differences(Map<String, String> now) {
        SortedSet<String> names = new TreeSet<>(fingerprint.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(now.get(name), fingerprint.get(name)))
                .map(name -> Excerpt.of(name) + " is " + value(name, now) + ", was " + value(name, fingerprint))
                .toList();
    }

    /** Whether the trainings of another fingerprint and of this one differ in nothing but the number of iterations. */
    public boolean differsOnlyInIterations(Map<String, String> now) {
        Map<String, String> rest = new TreeMap<>(now);
        Map<String, String> own = new TreeMap<>(fingerprint);
        rest.remove(TrainingFingerprint.ITERATIONS);
        own.remove(TrainingFingerprint.ITERATIONS);
        return rest.equals(own);
    }

    /**
     * Whether a training that differs in nothing but the number of iterations would have come to this state too, had it
     * been made from the start.
     *
     * @param rates of that training
     */
    public boolean isOnTheWayOf(LearningRates rates) {
        try {
            int earlier = Integer.parseInt(fingerprint.getOrDefault(TrainingFingerprint.ITERATIONS, ""));
            return iteration() <= rates.iterations() && rates.agreeWith(earlier, iteration());
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String value(String name, Map<String, String> fingerprint) {
        return Excerpt.of(fingerprint.getOrDefault(name, "absent"));
    }
}
