package io.github.txt2lora.spark;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.internal.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Hands the events of trainings on executors to their listeners. */
final class TrainingReactions implements Progress.Listener {

    private final Map<String, TrainingListener> listeners = new LinkedHashMap<>();

    TrainingReactions(
            Map<String, LoraTraining> trainings,
            Function<? super LoraTraining, ? extends TrainingListener> ofTraining) {
        Check.given("listeners", ofTraining);
        trainings.forEach((key, training) -> listeners.put(key, ofTraining.apply(training)));
    }

    boolean wantsEveryIteration() {
        return listeners.values().stream().anyMatch(TrainingListener::wantsEveryIteration);
    }

    @Override
    public void on(String key, Happening happening) {
        if (happening instanceof Happening.Training training) {
            of(key).onEvent(training.event());
        } else if (happening instanceof Happening.Warned warned) {
            of(key).onEvent(new TrainingWarning(warned.message()));
        }
    }

    @Override
    public void onSuccessor(String key, String host, String lostHost) {
        of(key).onEvent(new TrainingWarning(Successor.sentence(host, lostHost)));
    }

    @Override
    public void onEnd(String key, Object outcome) {
        // the last event of the training told it
    }

    private TrainingListener of(String key) {
        return Objects.requireNonNull(listeners.get(key), key);
    }
}
