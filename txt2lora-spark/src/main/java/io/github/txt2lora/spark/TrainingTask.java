package io.github.txt2lora.spark;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains some LoRAs that belong to no workspace on an executor. */
final class TrainingTask {

    private final Terms terms;
    private final Attempt attempt;
    private final Reporter reporter;
    private final ExecutorRoom room;

    TrainingTask(Terms terms, Attempt attempt, Reporter reporter, ExecutorRoom room) {
        this.terms = terms;
        this.attempt = attempt;
        this.reporter = reporter;
        this.room = room;
    }

    /** Ends each LoRA once. */
    void train(Order order, Outcomes outcomes) throws InterruptedException {
        Map<String, LoraTraining> trainings = new LinkedHashMap<>();
        for (Order.Part part : order.parts()) {
            LoraTraining training = part.training().orElseThrow();
            Optional<Txt2LoraException> missing = ModelFiles.missing(part.models(), attempt.host(), terms.driver());
            missing.ifPresentOrElse(
                    failure -> outcomes.end(part.key(), new TrainingOutcome.Failed(training.name(), failure)),
                    () -> trainings.put(part.key(), training));
        }
        if (trainings.isEmpty()) {
            return;
        }
        if (attempt.isRepeated()) {
            FreeFiles.await(
                    trainings.values().stream().map(LoraTraining::loraFile).toList(),
                    text -> reporter.tell(trainings.keySet().iterator().next(), new Happening.Warned(text)));
        }
        EngineOptions options = TaskDevice.of(terms.engine(), attempt.resources());
        try (OpenEngine open = room.engine(options)) {
            TrainingEngine engine = attempt.isLast() ? new GivenUp(attempt.number()) : open.engine();
            start(engine, trainings, outcomes).forEach((key, job) -> attempt(key, job, outcomes));
        }
    }

    private Map<String, TrainingJob> start(
            TrainingEngine engine, Map<String, LoraTraining> trainings, Outcomes outcomes) {
        try {
            return startAll(engine, trainings);
        } catch (Txt2LoraException e) {
            return startEach(engine, trainings, outcomes);
        }
    }

    /** Keys of trainings are told apart by the trainings themselves, of which a list may have two that are equal. */
    private Map<String, TrainingJob> startAll(TrainingEngine engine, Map<String, LoraTraining> trainings) {
        List<String> keys = List.copyOf(trainings.keySet());
        var listeners = keys.iterator();
        List<TrainingJob> jobs =
                engine.startTogether(List.copyOf(trainings.values()), training -> listener(listeners.next()));
        Map<String, TrainingJob> byKey = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            byKey.put(keys.get(i), jobs.get(i));
        }
        return byKey;
    }

    /** One that cannot start must not keep the others from it. */
    private Map<String, TrainingJob> startEach(
            TrainingEngine engine, Map<String, LoraTraining> trainings, Outcomes outcomes) {
        Map<String, TrainingJob> jobs = new LinkedHashMap<>();
        trainings.forEach((key, training) -> {
            try {
                jobs.putAll(startAll(engine, Map.of(key, training)));
            } catch (Txt2LoraException e) {
                outcomes.end(key, failed(training, e));
            }
        });
        return jobs;
    }

    private void attempt(String key, TrainingJob job, Outcomes outcomes) {
        LoraTraining training = job.training();
        TrainingOutcome outcome;
        try {
            outcome = new TrainingOutcome.Trained(training.name(), job.awaitOrSuspend());
        } catch (TrainingCancelledException e) {
            outcome = new TrainingOutcome.Interrupted(training.name(), true);
        } catch (Txt2LoraException e) {
            outcome = failed(training, e);
        }
        outcomes.end(key, outcome);
    }

    private TrainingOutcome failed(LoraTraining training, Txt2LoraException failure) {
        return new TrainingOutcome.Failed(training.name(), Failures.onHost(failure, attempt.host()));
    }

    private TrainingListener listener(String key) {
        return new TrainingListener() {
            @Override
            public boolean wantsEveryIteration() {
                return reporter.wantsEveryIteration();
            }

            @Override
            public void onEvent(TrainingEvent event) {
                reporter.training(key, event);
            }
        };
    }
}
