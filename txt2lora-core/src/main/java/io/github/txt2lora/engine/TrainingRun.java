package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
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
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.leco.ClosedFormStart;
import io.github.txt2lora.leco.DenoisingModel;
import io.github.txt2lora.leco.LatentCache;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.PromptEmbeddings;
import io.github.txt2lora.lora.LoraModules;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One training from its start to its file, on the engine's worker thread. */
final class TrainingRun {

    private static final int NAMES_IN_WARNING = 3;

    private final Torch torch;
    private final BaseModels models;
    private final ClipTokenizer tokenizer;
    private final LatentCache cache;
    private final EngineJob job;
    private final LoraTraining training;
    private final TrainingSpec spec;
    private final RunLog log;
    private boolean finished;

    TrainingRun(Torch torch, BaseModels models, ClipTokenizer tokenizer, LatentCache cache, EngineJob job) {
        this.torch = torch;
        this.models = models;
        this.tokenizer = tokenizer;
        this.cache = cache;
        this.job = job;
        this.training = job.training();
        this.spec = training.training();
        this.log = new RunLog(job);
    }

    /** Trains; whatever happens, the job and its listeners learn how it ended, once native memory is free again. */
    void run() {
        try {
            job.publish(new TrainingStarted(training));
            ended(train());
        } catch (JobControl.CancelSignal e) {
            cancelled();
        } catch (Txt2LoraException e) {
            failed(e);
        } catch (OutOfMemoryError e) {
            failed(new TrainingFailedException(
                    "the training of " + training.name() + " failed: " + e.getMessage() + ", with at most "
                            + (Runtime.getRuntime().maxMemory() >> 20) + " MiB for Java; start it with a larger -Xmx,"
                            + " or train with a lower rank, resolution or batch size",
                    e));
        } catch (RuntimeException | Error e) {
            failed(new TrainingFailedException("the training of " + training.name() + " failed: " + e, e));
        }
    }

    @SuppressWarnings("try") // the folder is only held
    private TrainedLora train() {
        // the folder first: a model may have to be downloaded for an hour
        try (OutputFolder folder = OutputFolder.open(training.loraFile(), log::warn);
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = models.open(training.model(), this::downloading, log::checkpoint)) {
            var base = new BaseModel(
                    checkpoint.family(),
                    Parameterization.of(checkpoint, spec.prediction(), spec.terminalSnr(), log::warn));
            warnOfUselessCrops(base.family());
            log.checkpoint();
            // before the UNet, so that the text encoders' memory is free for it
            PromptEmbeddings embeddings = encodePrompts(checkpoint, scope);
            log.checkpoint();
            UNet unet = loadUnet(checkpoint);
            log.checkpoint();
            // one stream for the first values and for the loop, as after one torch.manual_seed
            var generator = new TorchGenerator(spec.seed());
            LoraParameters parameters = LoraParameters.initialize(
                    scope, LoraModules.select(unet.weightShapes(), spec.lora()), spec.lora(), generator);
            warnOfClampedRanks(parameters);
            var model = new DenoisingModel(
                    torch,
                    unet,
                    embeddings,
                    base.parameterization(),
                    DenoisingModel.identity(
                            torch, models.sha256(checkpoint, log::checkpoint), spec.precision(), spec.clipSkip()),
                    cache);
            start(model, parameters);
            try (var trainer = new LecoTrainer(model, parameters, training.prompts(), spec, generator);
                    var loop = new TrainingLoop(
                            job,
                            log,
                            model,
                            trainer,
                            parameters,
                            base,
                            () -> Fingerprint.of(training, models.sha256(checkpoint, () -> {})))) {
                TrainedLora lora = loop.run();
                finished = loop.isFinished();
                return lora;
            }
        }
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
        ClosedFormStart.standard().apply(model, parameters, training.prompts(), log::checkpoint);
    }

    private void downloading(DownloadProgress progress) {
        log.checkpoint();
        job.publish(new ModelDownloading(training.model().displayName(), progress.bytes(), progress.total()));
    }

    private void ended(TrainedLora lora) {
        if (finished) {
            job.publish(new TrainingFinished(lora));
            job.complete(JobState.FINISHED, lora);
        } else {
            job.publish(new TrainingCancelled(lora.iterations(), Optional.of(lora.file())));
            job.complete(JobState.CANCELLED, lora);
        }
    }

    private UNet loadUnet(Checkpoint checkpoint) {
        boolean kept = models.holds(checkpoint, spec.precision());
        long begin = System.nanoTime();
        UNet unet = models.unet(checkpoint, spec.precision());
        Duration duration = kept ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begin);
        job.publish(new ModelLoaded(
                training.model().displayName(), checkpoint.family().displayName(), duration));
        return unet;
    }

    private PromptEmbeddings encodePrompts(Checkpoint checkpoint, NDManager owner) {
        var encoder = new PromptEncoder(
                torch, checkpoint, tokenizer, spec.precision(), spec.clipSkip(), checkpoint::tensors, log::checkpoint);
        return PromptEmbeddings.encode(encoder, training.prompts(), owner, log::warn);
    }

    private void warnOfClampedRanks(LoraParameters parameters) {
        List<String> clamped = parameters.slots().stream()
                .filter(slot -> slot.rank() < spec.lora().rank())
                .map(slot -> slot.module().name() + " (" + slot.rank() + ")")
                .toList();
        if (!clamped.isEmpty()) {
            log.warn("rank " + spec.lora().rank() + " is larger than " + clamped.size()
                    + " layers can use; there it is their smaller side, for example "
                    + String.join(", ", clamped.subList(0, Math.min(NAMES_IN_WARNING, clamped.size()))));
        }
    }

    private void warnOfUselessCrops(ModelFamily family) {
        if (family != ModelFamily.SDXL && training.prompts().stream().anyMatch(PromptPair::dynamicCrops)) {
            log.warn("dynamicCrops is on, but " + training.model().displayName() + " is " + family.displayName()
                    + ", which is not told of crops; only SDXL is");
        }
    }

    private void cancelled() {
        job.publish(new TrainingCancelled(log.iteration(), Optional.empty()));
        job.fail(
                JobState.CANCELLED,
                new TrainingCancelledException("the training of " + training.name() + " was cancelled after "
                        + log.iteration() + " iterations; nothing was saved"));
    }

    private void failed(Txt2LoraException failure) {
        job.publish(new TrainingFailed(failure));
        job.fail(JobState.FAILED, failure);
    }
}
