package io.github.txt2lora.batch;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.MetricsFile;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.workspace.Workspace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The work for LoRAs that are trained at the same time; the work after the training is done one by one. */
final class SharedWork {

    private final ListenerCalls calls;
    private final Outcomes outcomes;
    private final Optional<MetricsFile> metrics;
    private final Map<String, LoraWork> works = new LinkedHashMap<>();
    private final List<LoraTraining> trainings = new ArrayList<>();
    private final Map<String, TrainingJob> jobs = new LinkedHashMap<>();

    SharedWork(ListenerCalls calls, Outcomes outcomes, Optional<MetricsFile> metrics) {
        this.metrics = metrics;
        this.calls = calls;
        this.outcomes = outcomes;
    }

    /** Finds out what a LoRA needs. */
    void add(LoraWork work, Workspace workspace) {
        outcomes.attempt(work.name(), () -> {
            work.training(workspace).ifPresent(trainings::add);
            works.put(work.name(), work);
        });
    }

    /** Does it for all that were added. */
    void run(TrainingEngine engine, LoraOperations operations) {
        start(engine);
        works.forEach((name, work) -> outcomes.attempt(
                name, () -> outcomes.end(work.finish(Optional.ofNullable(jobs.get(name)), engine, operations))));
    }

    private void start(TrainingEngine engine) {
        try {
            start(engine, trainings);
        } catch (Txt2LoraException e) {
            startEach(engine);
        }
    }

    private void start(TrainingEngine engine, List<LoraTraining> some) {
        engine.startTogether(some, this::listener)
                .forEach(job -> jobs.put(job.training().name(), job));
    }

    /** One that cannot start must not keep the others from it. */
    private void startEach(TrainingEngine engine) {
        for (LoraTraining training : trainings) {
            outcomes.attempt(training.name(), () -> {
                LoraWork work = works.remove(training.name());
                start(engine, List.of(training));
                works.put(training.name(), Objects.requireNonNull(work));
            });
        }
    }

    private TrainingListener listener(LoraTraining training) {
        Optional<TrainingListener> lines = metrics.map(file -> file.listener(training.name()));
        return new TrainingListener() {
            @Override
            public boolean wantsEveryIteration() {
                return lines.isPresent() || calls.wantsEveryIteration();
            }

            @Override
            public void onEvent(TrainingEvent event) {
                calls.onTraining(training.name(), event);
                // last, since it may throw
                lines.ifPresent(listener -> listener.onEvent(event));
            }
        };
    }
}
