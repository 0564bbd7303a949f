package io.github.txt2lora.mlflow;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.internal.TrainingFingerprint;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The settings of a training under the names of its builders. */
final class RunParameters {

    /** Left to the training as a rule, which says later what it chose; a parameter cannot be changed. */
    private static final Set<String> CHOSEN = Set.of("iterations", "learningRate");

    private RunParameters() {}

    static SortedMap<String, String> of(LoraTraining training) {
        SortedMap<String, String> parameters = new TreeMap<>(TrainingFingerprint.of(
                training.spec(),
                training.prompts(),
                training.models().stream().map(ModelSource::displayName).toList(),
                Optional.empty(),
                Collections.emptySortedMap(),
                Path::toString));
        parameters.keySet().removeAll(CHOSEN);
        // MLflow shows a missing value and an empty one alike
        parameters.values().removeIf(String::isEmpty);
        return parameters;
    }
}
