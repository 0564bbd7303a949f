package io.github.txt2lora.spark;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Trains some LoRAs of a workspace on an executor, as a batch on one machine does. */
final class BatchTask {

    private final Terms terms;
    private final BatchTerms batch;
    private final Attempt attempt;
    private final Reporter reporter;
    private final ExecutorRoom room;

    BatchTask(Terms terms, BatchTerms batch, Attempt attempt, Reporter reporter, ExecutorRoom room) {
        this.terms = terms;
        this.batch = batch;
        this.attempt = attempt;
        this.reporter = reporter;
        this.room = room;
    }

    /** Ends each LoRA once. */
    void train(Order order, Outcomes outcomes) throws InterruptedException {
        Workspace workspace = open();
        List<String> names = new ArrayList<>();
        for (Order.Part part : order.parts()) {
            Optional<Txt2LoraException> missing = ModelFiles.missing(part.models(), attempt.host(), terms.driver());
            missing.ifPresentOrElse(
                    failure -> outcomes.end(part.key(), new LoraOutcome.Failed(part.key(), failure)),
                    () -> names.add(part.key()));
        }
        if (names.isEmpty()) {
            return;
        }
        if (attempt.isRepeated()) {
            FreeFiles.await(
                    names.stream()
                            .map(name -> file(workspace, name, ".safetensors"))
                            .toList(),
                    text -> reporter.tell(names.get(0), new Happening.Warned(text)));
        }
        EngineOptions options = TaskDevice.of(terms.engine(), attempt.resources());
        try (OpenEngine engine = room.engine(options)) {
            Batch of =
                    attempt.isLast() ? engine.batch(workspace, new GivenUp(attempt.number())) : engine.batch(workspace);
            of.runUnreported(batch.options(names, isForced(workspace, names)), listener(outcomes)).stream()
                    .filter(outcome -> !outcomes.has(outcome.name()))
                    .forEach(notBegun -> outcomes.end(notBegun.name(), notBegun));
        }
    }

    private Workspace open() {
        if (!Files.isDirectory(batch.folder())) {
            throw new InvalidSettingException("the host " + attempt.host() + " has no folder " + batch.folder()
                    + ", the workspace of the driver on " + terms.driver() + "; expected it at this path on every node."
                    + " Mount the storage with the workspace there");
        }
        return batch.open();
    }

    /**
     * What a lost executor trained is resumed and not begun anew; it deletes the record of an earlier training when it
     * begins.
     */
    private boolean isForced(Workspace workspace, List<String> names) {
        return batch.force()
                && !attempt.isLast()
                && (!attempt.isRepeated()
                        || names.stream().anyMatch(name -> Files.exists(file(workspace, name, ".json"))));
    }

    private static Path file(Workspace workspace, String name, String ending) {
        return workspace.loraFolder(name).resolve(name + ending);
    }

    private BatchListener listener(Outcomes outcomes) {
        return new BatchListener() {
            @Override
            public void onLoraStarted(String name, int number, int total) {
                reporter.tell(name, new Happening.Started());
            }

            @Override
            public void onModel(String name, String model) {
                reporter.tell(name, new Happening.ModelNamed(model));
            }

            @Override
            public void onDownload(String name, DownloadProgress progress) {
                reporter.tell(name, new Happening.Downloading(progress));
            }

            @Override
            public boolean wantsEveryIteration() {
                return reporter.wantsEveryIteration();
            }

            @Override
            public void onTraining(String name, TrainingEvent event) {
                reporter.training(name, event);
            }

            @Override
            public void onResize(String name, OperationProgress progress) {
                reporter.tell(name, new Happening.Resizing(progress));
            }

            @Override
            public void onPicture(String name, int done, int total) {
                reporter.tell(name, new Happening.PictureDrawn(done, total));
            }

            @Override
            public void onWarning(String name, String message) {
                reporter.tell(name, new Happening.Warned(message));
            }

            @Override
            public void onLoraEnded(LoraOutcome outcome) {
                outcomes.end(outcome.name(), onHost(outcome));
            }
        };
    }

    private LoraOutcome onHost(LoraOutcome outcome) {
        return outcome instanceof LoraOutcome.Failed failed
                ? new LoraOutcome.Failed(failed.name(), Failures.onHost(failed.failure(), attempt.host()))
                : outcome;
    }
}
