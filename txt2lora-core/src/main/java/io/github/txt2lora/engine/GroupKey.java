package io.github.txt2lora.engine;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What trainings must have in common to go through the network together. */
record GroupKey(ModelSource model, Precision precision, LoraSpec lora, int gradientAccumulationSteps) {

    static GroupKey of(LoraTraining training) {
        TrainingSpec spec = training.spec();
        return new GroupKey(
                training.model(), spec.modelUse().precision(), spec.lora(), spec.gradientAccumulationSteps());
    }

    /** The jobs that can be done together, each group in the place of its first one. */
    static List<List<EngineJob>> groups(List<EngineJob> jobs) {
        Map<GroupKey, List<EngineJob>> groups = new LinkedHashMap<>();
        jobs.forEach(job -> groups.computeIfAbsent(of(job.training()), key -> new ArrayList<>())
                .add(job));
        return List.copyOf(groups.values());
    }
}
