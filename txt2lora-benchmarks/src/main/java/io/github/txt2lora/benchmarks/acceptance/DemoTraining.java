package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Trainings of the demo's size, and how far their losses are from each other. */
final class DemoTraining {

    private DemoTraining() {}

    /**
     * The README's character by the default method, with a state to go on from after each iteration. At the size of a
     * test it learns from noise, since the trajectories of the default take longer than a few iterations.
     */
    static LoraTraining of(
            ModelSource model, Path output, String name, AcceptanceOptions options, Precision precision) {
        return LoraTraining.builder()
                .name(name)
                .model(model)
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("short hair,maid uniform,black rimmed glasses,cat ears,black hair")
                        .neutral("1girl")
                        .resolution(96)
                        .build())
                .spec(TrainingSpec.builder()
                        .method(method -> options.fullSize() ? method : quick(method))
                        .iterations(options.iterations())
                        .learningRate(1e-3)
                        .seed(name.hashCode())
                        .lora(LoraSpec.builder().rank(8).alpha(4).build())
                        .modelUse(use -> use.withPrecision(precision))
                        .saving(saving -> saving.withPrecision(Precision.FP32)
                                .withStates(StateSpec.everyIterations(1))
                                .withTimestamp(Instant.EPOCH))
                        .stopping(stopping -> stopping.withMeasureQuality(false))
                        .build())
                .output(output)
                .build();
    }

    /** Without anything that is computed before the first iteration. */
    static TrainingMethod quick(TrainingMethod method) {
        return method.withLatents(LatentSource.noise())
                .withPreservation(method.preservation().withLatents(KeptLatents.SHARED))
                .withStart(LoraStart.ZERO);
    }

    /** The Euclidean norm of the difference, divided by that of the reference. */
    static double lossError(TrainedLora measured, TrainedLora reference) {
        return relativeError(measured.losses(), reference.losses());
    }

    static double relativeError(List<Double> measured, List<Double> reference) {
        if (measured.size() != reference.size()) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < reference.size(); i++) {
            difference += Math.pow(measured.get(i) - reference.get(i), 2);
            norm += Math.pow(reference.get(i), 2);
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }

    static double seconds(TrainedLora lora) {
        return lora.duration().toMillis() / 1000.0;
    }

    static boolean isFinite(TrainedLora lora) {
        return lora.losses().stream().allMatch(Double::isFinite);
    }
}
