package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.internal.file.StorageFailure;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.Outcome;
import io.github.txt2lora.leco.closedform.ClosedFormStart;
import io.github.txt2lora.leco.closedform.EverydayPrompts;
import io.github.txt2lora.leco.estimate.DiskNeed;
import io.github.txt2lora.leco.estimate.TrainingMemory;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraModules;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.TorchGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One training from its start to its file, part by part, on the engine's worker thread. */
final class TrainingRun {

    private static final int NAMES_IN_WARNING = 3;

    private final EngineParts engine;
    private final EngineJob job;
    private final int together;
    private final LoraTraining training;
    private final TrainingSpec spec;
    private final RunLog log;
    private final HeldResources held = new HeldResources();
    private @Nullable Opened opened;
    private @Nullable StateSaved saved;
    private boolean hasEnded;

    /**
     * A training that has not begun.
     *
     * @param together how many are trained at the same time, this one among them
     */
    TrainingRun(EngineParts engine, EngineJob job, int together) {
        this.engine = engine;
        this.job = job;
        this.together = together;
        this.training = job.training();
        this.spec = training.training();
        this.log = new RunLog(job);
    }

    /** What there is once everything is loaded. */
    private record Opened(UNet unet, TrainingLoop loop) {}

    /** Whether it is still to go on. */
    boolean isActive() {
        return !hasEnded;
    }

    /** The network it trains on. */
    UNet unet() {
        return opened().unet();
    }

    /** What its iterations change. */
    LecoTrainer trainer() {
        return opened().loop().trainer();
    }

    private Opened opened() {
        return Objects.requireNonNull(opened, "the training is not open");
    }

    /**
     * Loads everything.
     *
     * @param others whether there are other trainings that have loaded the same model and still use it
     */
    void open(boolean others) {
        attempt(() -> {
            job.publish(new TrainingStarted(training));
            warnIfNothingIsTaught();
            opened = load(others);
            opened.loop().begin();
        });
    }

    private void warnIfNothingIsTaught() {
        if (training.prompts().stream().allMatch(PromptPair::preserves)) {
            log.warn("the prompts teach nothing: every target, such as "
                    + Excerpt.quoted(training.prompts().get(0).target())
                    + ", is to mean what it means already; expected a pair with another goal, for example"
                    + " enhance with a positive of other words, or erase");
        }
    }

    /** Takes what became of its iteration. */
    void take(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            fail(failed.failure());
        } else {
            attempt(() -> opened().loop().take(outcome));
        }
    }

    /**
     * Waits while the job is paused.
     *
     * @throws JobControl.CancelSignal if it is cancelled
     */
    void checkpoint() {
        log.checkpoint();
    }

    /** Ends it if the job is cancelled. */
    void endIfCancelled() {
        attempt(this::checkpoint);
    }

    void warn(String message) {
        log.warn(message);
    }

    /**
     * Does a part, after which the training may be at its end. Whatever happens, the job and its listeners learn how it
     * ended, once native memory is free again.
     */
    private void attempt(Runnable part) {
        try {
            if (checked(() -> isFinishedAfter(part))) {
                TrainedLora lora = checked(opened().loop()::finish);
                boolean isFinished = opened().loop().isFinished();
                opened = null;
                held.close();
                ended(lora, isFinished);
            }
        } catch (JobControl.CancelSignal e) {
            endWith(e, this::cancelled);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Ends it because of a failure. */
    void fail(Throwable failure) {
        endWith(failure, () -> failed(reported(failure)));
    }

    private Txt2LoraException reported(Throwable failure) {
        if (failure instanceof Txt2LoraException known) {
            return known;
        }
        String beginning = "the training of " + training.name() + " failed: ";
        return new TrainingFailedException(
                failure instanceof OutOfMemoryError
                        ? beginning + failure.getMessage() + ", with at most "
                                + (Runtime.getRuntime().maxMemory() >> 20)
                                + " MiB for Java; start it with a larger -Xmx, or train with a lower rank,"
                                + " resolution or batch size"
                        : beginning + failure,
                failure);
    }

    private <T> T checked(Supplier<T> part) {
        return engine.torch().checkingCalls(this::checkpoint, part);
    }

    private boolean isFinishedAfter(Runnable part) {
        try {
            part.run();
            return opened().loop().isFinished();
        } catch (JobControl.CancelSignal e) {
            if (opened == null || !opened.loop().isKeptWhenCancelled()) {
                throw e;
            }
            return true;
        }
    }

    private Opened load(boolean others) {
        // the folder first: a model may have to be downloaded for an hour
        job.output().require(log::warn);
        TrainingLoop.filesOnTheWay(training).forEach(RegularFile::requireReplaceable);
        NDManager scope = held.hold(engine.torch().newScope());
        Checkpoint checkpoint = held.hold(engine.models().open(training.model(), this::downloading, log::checkpoint));
        if (others && !engine.models().holds(checkpoint, spec.precision())) {
            throw new CheckpointException("model " + checkpoint.path() + " has changed since it was loaded for the"
                    + " trainings before this one, which still use it; start the training of " + training.name()
                    + " again");
        }
        if (!engine.torch().isCuda()) {
            TrainingMemory.of(checkpoint, spec, training.prompts(), together).requireFits();
        }
        var base = new BaseModel(
                checkpoint.family(), Parameterization.of(checkpoint, spec.prediction(), spec.terminalSnr(), log::warn));
        warnOfUselessCrops(base.family());
        log.checkpoint();
        // before the UNet, so that the text encoders' memory is free for it
        PromptEmbeddings embeddings = encodePrompts(checkpoint, scope);
        log.checkpoint();
        UNet unet = loadUnet(checkpoint);
        log.checkpoint();
        List<LoraModule> modules = LoraModules.select(unet.weightShapes(), spec.lora());
        DiskNeed.of(LoraParameters.count(modules, spec.lora().rank()), spec)
                .requireSpaceIn(StorageFailure.folderOf(training.loraFile()), new StateFolder(training).bytes());
        // one stream for the first values and for the loop, as after one torch.manual_seed
        var generator = new TorchGenerator(spec.seed());
        LoraParameters parameters = LoraParameters.initialize(scope, modules, spec.lora(), generator);
        warnOfClampedRanks(parameters);
        var model = new DenoisingModel(
                engine.torch(),
                unet,
                embeddings,
                base.parameterization(),
                DenoisingModel.identity(
                        engine.torch(),
                        engine.models().sha256(checkpoint, log::checkpoint),
                        spec.precision(),
                        spec.clipSkip()),
                engine.cache());
        start(model, parameters);
        LecoTrainer trainer = held.hold(new LecoTrainer(model, parameters, training.prompts(), spec, generator));
        TrainingLoop loop = held.hold(new TrainingLoop(
                job,
                log,
                model,
                trainer,
                parameters,
                base,
                () -> TrainingFingerprint.of(
                        spec, training.prompts(), engine.models().sha256(checkpoint, () -> {}))));
        return new Opened(unet, loop);
    }

    private void start(DenoisingModel model, LoraParameters parameters) {
        if (spec.method().start() != LoraStart.CLOSED_FORM) {
            return;
        }
        if (spec.iterations() > 0 && !ClosedFormStart.canChange(parameters)) {
            log.warn("the LoRA's target " + spec.lora().target() + " leaves out the keys and values of cross-attention,"
                    + " which a start in closed form changes; it starts at zero");
            return;
        }
        ClosedFormStart.standard().apply(model, parameters, training.prompts(), everydayPrompts());
    }

    private void downloading(DownloadProgress progress) {
        log.checkpoint();
        job.publish(new ModelDownloading(training.model().displayName(), progress.bytes(), progress.total()));
    }

    private void ended(TrainedLora lora, boolean isFinished) {
        hasEnded = true;
        if (isFinished) {
            job.publish(new TrainingFinished(lora));
            job.complete(JobState.FINISHED, lora);
        } else {
            job.publish(new TrainingCancelled(lora.iterations(), Optional.of(lora.file())));
            job.complete(JobState.CANCELLED, lora);
        }
    }

    private UNet loadUnet(Checkpoint checkpoint) {
        boolean kept = engine.models().holds(checkpoint, spec.precision());
        long begin = System.nanoTime();
        UNet unet = engine.models().unet(checkpoint, spec.precision());
        Duration duration = kept ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begin);
        job.publish(new ModelLoaded(
                training.model().displayName(), checkpoint.family().displayName(), duration));
        return unet;
    }

    private PromptEmbeddings encodePrompts(Checkpoint checkpoint, NDManager owner) {
        var encoder = new PromptEncoder(
                engine.torch(), checkpoint, engine.tokenizer(), spec.precision(), spec.clipSkip(), checkpoint::tensors);
        return PromptEmbeddings.encode(encoder, training.prompts(), everydayPrompts(), owner, log::warn);
    }

    /** What a start in closed form must not change. */
    private List<String> everydayPrompts() {
        return spec.method().start() == LoraStart.CLOSED_FORM ? EverydayPrompts.of(engine.tokenizer()) : List.of();
    }

    private void warnOfClampedRanks(LoraParameters parameters) {
        List<String> clamped = parameters.slots().stream()
                .filter(slot -> slot.rank() < spec.lora().rank())
                .map(slot -> slot.module().name() + " (" + slot.rank() + ")")
                .toList();
        if (!clamped.isEmpty()) {
            log.warn("rank " + spec.lora().rank() + " is larger than " + Count.of(clamped.size(), "layer")
                    + " can use; there it is the layer's smaller side, for example "
                    + String.join(", ", clamped.subList(0, Math.min(NAMES_IN_WARNING, clamped.size()))));
        }
    }

    private void warnOfUselessCrops(ModelFamily family) {
        if (family != ModelFamily.SDXL && training.prompts().stream().anyMatch(PromptPair::dynamicCrops)) {
            log.warn("dynamicCrops is on, but " + training.model().displayName() + " is " + family.displayName()
                    + ", which is not told of crops; only SDXL is");
        }
    }

    /** Keeps what can be gone on with, frees everything, and only then tells. */
    private void endWith(Throwable cause, Runnable tell) {
        hasEnded = true;
        if (opened != null) {
            keepState(opened.loop(), cause);
            opened = null;
        }
        held.closeAfter(cause);
        tell.run();
    }

    private void keepState(TrainingLoop loop, Throwable cause) {
        try {
            if (cause instanceof JobControl.CancelSignal) {
                saved = loop.cancelled().orElse(null);
            } else {
                loop.rescueState(cause);
            }
        } catch (RuntimeException e) {
            log.warn("the training's state could not be kept: " + e.getMessage());
        }
    }

    private void cancelled() {
        job.publish(new TrainingCancelled(log.iteration(), Optional.empty()));
        job.fail(
                JobState.CANCELLED,
                new TrainingCancelledException("the training of " + training.name() + " was cancelled after "
                        + Count.of(log.iteration(), "iteration") + "; no LoRA was saved" + whatGoesOn()));
    }

    private String whatGoesOn() {
        return saved == null
                ? ""
                : ", but its state was, as " + saved.file()
                        + "; the same training goes on from there when it is started" + " again";
    }

    private void failed(Txt2LoraException failure) {
        job.publish(new TrainingFailed(failure));
        job.fail(JobState.FAILED, failure);
    }
}
