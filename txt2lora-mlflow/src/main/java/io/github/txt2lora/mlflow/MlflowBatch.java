package io.github.txt2lora.mlflow;

import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.internal.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.mlflow.api.proto.Service.RunStatus;

/**
 * Tracks a batch. The run of a LoRA gets the LoRA as it is used, its record and its preview as artifacts; the run of the
 * batch gets the report.
 *
 * <pre>{@code
 * MlflowBatch tracked = tracking.batch("overnight");
 * tracked.ended(batch.run(BatchOptions.everything(), tracked));
 * }</pre>
 */
public final class MlflowBatch implements BatchListener {

    private final SendingQueue queue;
    private final MlflowRuns runs;
    private final TrackedRun all;
    private final Map<String, TrackedTraining> trainings = new HashMap<>();
    private final Map<String, LoraOutcome.Finished> finished = new HashMap<>();

    MlflowBatch(String name, SendingQueue queue, MlflowRuns runs) {
        this.queue = queue;
        this.runs = runs;
        all = new TrackedRun(queue, runs, name, Optional.empty());
        all.begin(Map.of());
    }

    @Override
    public boolean wantsEveryIteration() {
        return true;
    }

    @Override
    public void onTraining(String name, TrainingEvent event) {
        if (event instanceof TrainingStarted) {
            trainings.put(
                    name, new TrackedTraining(lora -> new TrackedRun(queue, runs, lora, Optional.of(all)), false));
        }
        TrackedTraining training = trainings.get(name);
        if (training != null) {
            training.onEvent(event);
            uploadIfEnded(name, training);
        }
    }

    /** May come before the last event of the training. */
    @Override
    public void onLoraEnded(LoraOutcome outcome) {
        TrackedTraining training = trainings.get(outcome.name());
        if (training != null && outcome instanceof LoraOutcome.Finished lora) {
            finished.put(lora.name(), lora);
            uploadIfEnded(lora.name(), training);
        }
    }

    private void uploadIfEnded(String name, TrackedTraining training) {
        if (training.hasEnded()) {
            LoraOutcome.Finished lora = finished.remove(name);
            if (lora != null) {
                training.run().ifPresent(run -> upload(run, lora));
            }
        }
    }

    private static void upload(TrackedRun run, LoraOutcome.Finished finished) {
        Path lora = finished.file();
        Stream.of(".safetensors", ".json", ".png")
                .map(extension -> lora.resolveSibling(finished.name() + extension))
                .filter(Files::isRegularFile)
                .forEach(file -> run.artifact(String.valueOf(file.getFileName()), file));
    }

    /**
     * Ends the run of the batch.
     *
     * @param result what the batch returned
     */
    public void ended(BatchResult result) {
        Check.given("result", result);
        result.report().ifPresent(report -> all.artifact("report.html", report));
        all.tags(Map.of("txt2lora.outcome", result.counts()));
        all.end(
                result.isInterrupted()
                        ? RunStatus.KILLED
                        : result.isComplete() ? RunStatus.FINISHED : RunStatus.FAILED);
    }
}
