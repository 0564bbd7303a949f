package io.github.txt2lora.batch;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Resume;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that is done for one LoRA, each part only if it is needed: train, make smaller, draw. The record is written after
 * each part, so that the next run resumes there.
 */
final class LoraWork {

    private static final String ITERATIONS_KEY = "train_iterations";

    private final LoraProject project;
    private final List<ModelSource> models;
    private final List<ModelIdentity> identities;
    private final LoraFiles files;
    private final Supplier<TrainingSpec> spec;
    private final Fingerprints fingerprints;
    private final BatchOptions options;
    private final ListenerCalls listener;
    private final @Nullable LoraRecord known;
    private final Instant begin = Instant.now();

    /**
     * Prepares.
     *
     * @param models the base model, and those that it is trained on beside it
     * @param identities of the models
     * @param record record of an earlier run, if there is one
     */
    LoraWork(
            Workspace workspace,
            LoraProject project,
            List<ModelSource> models,
            List<ModelIdentity> identities,
            Optional<LoraRecord> record,
            BatchOptions options,
            ListenerCalls listener) {
        this.project = project;
        this.models = models;
        this.identities = identities;
        this.files = new LoraFiles(workspace.loraFolder(project.name()), project.name());
        this.spec = () -> workspace.spec(project.settings());
        this.fingerprints = new Fingerprints(project, spec);
        this.options = options;
        this.listener = listener;
        this.known = record.orElse(null);
    }

    /** The LoRA's name. */
    String name() {
        return project.name();
    }

    /** The training that has to come first, if there is one. */
    Optional<LoraTraining> training(Workspace workspace) {
        PreviewGrid.requireDrawable(project);
        return known == null || options.force() || !isTrained(known)
                ? Optional.of(beginTraining(workspace))
                : Optional.empty();
    }

    /**
     * Waits for the training, and does the rest that is needed.
     *
     * @param job of {@link #training}, if there was one
     */
    LoraOutcome finish(Optional<TrainingJob> job, TrainingEngine engine, LoraOperations operations) {
        LoraRecord current = job.isPresent()
                ? trained(job.get())
                : Objects.requireNonNull(known, "without a record there is a training");
        current = resize(current, operations);
        current = draw(current, engine);
        if (current.equals(known)) {
            return new LoraOutcome.Skipped(project.name(), files.lora(), current);
        }
        return new LoraOutcome.Finished(
                project.name(), files.lora(), current, job.isPresent(), Duration.between(begin, Instant.now()));
    }

    /** Whether the training need not be made again, because its LoRA, or the smaller one that is wanted, is there. */
    private boolean isTrained(LoraRecord earlier) {
        return isSameButForIterations(earlier)
                && iterations(earlier).equals(iterations())
                && (isResized(earlier)
                        || files.find(earlier.training().sha256()).isPresent());
    }

    private boolean isSameButForIterations(LoraRecord earlier) {
        return earlier.training().fingerprint().equals(fingerprints.training(identities));
    }

    /** A record has no number where the training chose it, which depends on the prompts alone. */
    private String iterations(LoraRecord earlier) {
        return earlier.settings().get(ITERATIONS_KEY) instanceof Number set
                ? String.valueOf(set)
                : iterations(TrainingSpec.builder().build());
    }

    private String iterations() {
        return iterations(project.settings().spec());
    }

    private String iterations(TrainingSpec spec) {
        return String.valueOf(spec.iterationsFor(project.prompts(), models.size()));
    }

    /** If a state exists, the engine reports whether the training resumes from it. */
    private void tellIfTrainedAnew() {
        if (known != null
                && isSameButForIterations(known)
                && !iterations(known).equals(iterations())
                && !files.hasState()) {
            listener.onWarning(
                    project.name(),
                    "train_iterations is " + iterations() + ", was " + iterations(known) + ", and there is no state "
                            + files.folder().resolve(project.name() + "-*.state")
                            + " to resume from. The training starts over");
        }
    }

    private LoraTraining beginTraining(Workspace workspace) {
        if (!options.force()) {
            tellIfTrainedAnew();
        }
        LoraTraining training = workspace.training(project);
        TrainingSpec.Builder spec = training.spec().toBuilder();
        if (options.force()) {
            // should this be interrupted, the next run resumes with it instead of taking an earlier file for finished
            LoraFiles.delete(files.record());
            spec.saving(saving -> saving.withStates(saving.states().withResume(Resume.NEVER)));
        }
        return training.toBuilder().model(models.get(0)).spec(spec.build()).build();
    }

    private LoraRecord trained(TrainingJob job) {
        TrainedLora lora = job.awaitOrSuspend();
        LoraRecord trained = Uninterrupted.get(() -> write(recordOf(lora)));
        LoraFiles.delete(files.large()); // of an earlier training
        return trained;
    }

    private LoraRecord recordOf(TrainedLora lora) {
        return new LoraRecord(
                LoraRecord.FORMAT,
                project.name(),
                LoraRecordFile.values(project.texts().settings()),
                project.texts().prompts().stream().map(LoraRecordFile::values).toList(),
                Versions.current(),
                new LoraRecord.Training(
                        fingerprints.training(identities),
                        identities.get(0),
                        identities.subList(1, identities.size()),
                        Sha256.of(files.lora()),
                        project.settings().spec().seed(),
                        lora.iterations(),
                        lora.losses(),
                        lora.firstLoss(),
                        lora.lastLoss(),
                        lora.quality().orElse(null),
                        lora.unetSamples(),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                        seconds(lora.duration()),
                        lora.warnings(),
                        LoraRecordFile.ancestry(lora.metadata()),
                        LoraRecordFile.embeddings(lora.metadata())),
                null,
                null);
    }

    private boolean isResized(LoraRecord current) {
        LoraRecord.Resize resize = current.resize();
        return project.settings().resize().isPresent()
                && resize != null
                && resize.fingerprint()
                        .equals(fingerprints.resize(current.training().sha256()))
                && RegularFile.isAt(files.lora())
                && Sha256.of(files.lora()).equals(resize.sha256());
    }

    private LoraRecord resize(LoraRecord current, LoraOperations operations) {
        LoraRecord resized = current;
        Optional<ResizeSpec> rule = project.settings().resize();
        if (rule.isEmpty()) {
            Path trained = files.find(current.training().sha256()).orElse(files.lora());
            if (trained.equals(files.large())) {
                AtomicFile.move(files.large(), files.lora());
                resized = write(current.asTrained());
            }
            return resized;
        }
        if (!isResized(current)) {
            resized = resize(current, rule.get(), operations);
        }
        if (options.deleteResizeSource()) {
            LoraFiles.delete(files.large());
        }
        return resized;
    }

    private LoraRecord resize(LoraRecord current, ResizeSpec rule, LoraOperations operations) {
        Instant start = Instant.now();
        Path trained = files.find(current.training().sha256()).orElse(files.lora());
        ResizedLora lora = operations.resize(
                trained, files.small(), rule, progress -> listener.onResize(project.name(), progress));
        String sha256 = Sha256.of(files.small());
        if (trained.equals(files.lora())) {
            AtomicFile.move(files.lora(), files.large());
        }
        AtomicFile.move(files.small(), files.lora());
        double retained = lora.meanFrobeniusRetained();
        LoraRecord resized = current.with(new LoraRecord.Resize(
                fingerprints.resize(current.training().sha256()),
                sha256,
                lora.modules().stream().mapToInt(ResizedModule::rank).min().orElse(0),
                lora.modules().stream().mapToInt(ResizedModule::rank).max().orElse(0),
                Double.isNaN(retained) ? null : retained,
                seconds(Duration.between(start, Instant.now()))));
        return Uninterrupted.get(() -> write(resized));
    }

    private LoraRecord draw(LoraRecord current, TrainingEngine engine) {
        if (!project.settings().preview().enabled()) {
            return current;
        }
        LoraRecord.Resize resize = current.resize();
        String fingerprint =
                fingerprints.preview(resize == null ? current.training().sha256() : resize.sha256());
        LoraRecord.Preview drawn = current.preview();
        if (drawn != null && drawn.fingerprint().equals(fingerprint) && RegularFile.isAt(files.picture())) {
            return current;
        }
        Instant start = Instant.now();
        PreviewGrid grid = new PreviewGrid(project, models.get(0), spec.get().modelUse(), files.lora());
        grid.draw(engine, (done, total) -> listener.onPicture(project.name(), done, total))
                .writePng(files.picture());
        return write(current.with(new LoraRecord.Preview(
                fingerprint, PreviewGrid.pictures(project), seconds(Duration.between(start, Instant.now())))));
    }

    private LoraRecord write(LoraRecord written) {
        LoraRecordFile.write(files.record(), written);
        return written;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
