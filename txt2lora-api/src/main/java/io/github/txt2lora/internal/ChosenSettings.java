package io.github.txt2lora.internal;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.SettingsChosen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says in words what a training has chosen where its settings left it the choice. */
public final class ChosenSettings {

    private ChosenSettings() {}

    /**
     * The event of a training; empty if there was nothing to choose.
     *
     * @param learningRate the full one, before schedule and warm-up
     * @param memory how samples go through the network, and why; empty where it is all at once
     */
    public static Optional<SettingsChosen> event(LoraTraining training, double learningRate, Optional<String> memory) {
        TrainingSpec spec = training.spec();
        int iterations = training.iterations();
        List<String> chosen = new ArrayList<>();
        if (spec.iterations().isEmpty()) {
            long taught = training.prompts().stream()
                    .filter(pair -> !pair.preserves())
                    .count();
            chosen.add(Count.of(iterations, "iteration")
                    + (taught == 0 ? "" : " for " + Count.of(taught, "prompt") + " with a new meaning")
                    + (training.alsoOn().isEmpty()
                            ? ""
                            : " on " + Count.of(training.models().size(), "model")));
        }
        if (spec.lora().rank().isEmpty()) {
            chosen.add("rank " + training.lora().rank().orElseThrow());
        }
        if (spec.optimizer().isEmpty() && iterations > 0) {
            chosen.add("optimizer " + training.optimizer().getClass().getSimpleName());
        }
        if (spec.learningRate().isEmpty() && iterations > 0) {
            chosen.add("learning rate " + String.format(Locale.ROOT, "%.2g", learningRate) + ", "
                    + reason(training.optimizer()));
        }
        memory.ifPresent(chosen::add);
        return chosen.isEmpty()
                ? Optional.empty()
                : Optional.of(new SettingsChosen(iterations, learningRate, "Chosen: " + String.join("; ", chosen)));
    }

    private static String reason(OptimizerSpec optimizer) {
        if (optimizer instanceof OptimizerSpec.Prodigy) {
            return "since Prodigy finds the size of its steps itself";
        } else if (optimizer instanceof OptimizerSpec.Adafactor adafactor && adafactor.scaleParameter()) {
            return "since Adafactor scales its steps by the parameters";
        }
        return "derived from the first gradients";
    }
}
