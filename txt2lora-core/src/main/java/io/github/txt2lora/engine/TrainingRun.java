package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingProgress;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.PromptEmbeddings;
import io.github.txt2lora.lora.LoraFile;
import io.github.txt2lora.lora.LoraMetadata;
import io.github.txt2lora.lora.LoraModules;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One training from its start to its file, on the engine's worker thread. */
final class TrainingRun {

    private static final int NAMES_IN_WARNING = 3;

    private final Torch torch;
    private final BaseModels models;
    private final ClipTokenizer tokenizer;
    private final EngineJob job;
    private final LoraTraining training;
    private final TrainingSpec spec;
    private final Pace pace;
    private final Instant started;
    private final List<Double> losses = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** What of the base model goes into a LoRA's metadata. */
    private record BaseModel(ModelFamily family, Parameterization parameterization) {}

    TrainingRun(Torch torch, BaseModels models, ClipTokenizer tokenizer, EngineJob job) {
        this.torch = torch;
        this.models = models;
        this.tokenizer = tokenizer;
        this.job = job;
        this.training = job.training();
        this.spec = training.training();
        this.pace = new Pace(spec.iterations());
        this.started = now();
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
        } catch (RuntimeException | Error e) {
            failed(new TrainingFailedException("the training of " + training.name() + " failed: " + e, e));
        }
    }

    private TrainedLora train() {
        try (NDManager scope = torch.newScope();
                Checkpoint checkpoint = models.open(training.model());
                OutputFolder folder = OutputFolder.of(training.loraFile())) {
            folder.require();
            var base = new BaseModel(
                    checkpoint.family(),
                    Parameterization.of(checkpoint, spec.prediction(), spec.terminalSnr(), this::warn));
            warnOfUselessCrops(base.family());
            checkpoint();
            // before the UNet, so that the text encoders' memory is free for it
            PromptEmbeddings embeddings = encodePrompts(checkpoint, scope);
            checkpoint();
            UNet unet = loadUnet(checkpoint);
            checkpoint();
            // one stream for the first values and for the loop, as after one torch.manual_seed
            var generator = new TorchGenerator(spec.seed());
            LoraParameters parameters = LoraParameters.initialize(
                    scope, LoraModules.select(unet.weightShapes(), spec.lora()), spec.lora(), generator);
            warnOfClampedRanks(parameters);
            try (var trainer = new LecoTrainer(
                    torch,
                    unet,
                    parameters,
                    training.prompts(),
                    embeddings,
                    spec,
                    base.parameterization(),
                    generator)) {
                iterate(trainer, parameters, base);
            }
            return result(save(training.loraFile(), parameters, base));
        }
    }

    /** Makes all iterations, or fewer if the job is cancelled and what was trained is to be kept. */
    private void iterate(LecoTrainer trainer, LoraParameters parameters, BaseModel base) {
        pace.start(System.nanoTime());
        try {
            while (!trainer.isDone()) {
                LecoTrainer.Iteration iteration = trainer.next(this::checkpoint);
                pace.iterationDone(System.nanoTime());
                report(iteration);
                if (spec.saveEvery() > 0 && iteration.number() % spec.saveEvery() == 0 && !trainer.isDone()) {
                    save(intermediateFile(iteration.number()), parameters, base);
                }
            }
        } catch (JobControl.CancelSignal e) {
            if (job.control().cancelMode() != CancelMode.KEEP || losses.isEmpty()) {
                throw e;
            }
        }
    }

    private void ended(TrainedLora lora) {
        if (lora.iterations() == spec.iterations()) {
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
        var encoder = new PromptEncoder(torch, checkpoint, tokenizer, spec.precision(), spec.clipSkip());
        return PromptEmbeddings.encode(encoder, training.prompts(), owner, this::warn);
    }

    private void report(LecoTrainer.Iteration iteration) {
        losses.add(iteration.loss());
        job.progress(new TrainingProgress(
                iteration.number(),
                spec.iterations(),
                iteration.loss(),
                pace.iterationsPerSecond(),
                Optional.of(pace.remaining())));
        job.publish(new IterationFinished(
                iteration.number(),
                spec.iterations(),
                iteration.loss(),
                iteration.gradientNorm(),
                iteration.learningRate(),
                pace.iterationsPerSecond(),
                pace.remaining()));
    }

    private void warnOfClampedRanks(LoraParameters parameters) {
        List<String> clamped = parameters.slots().stream()
                .filter(slot -> slot.rank() < spec.lora().rank())
                .map(slot -> slot.module().name() + " (" + slot.rank() + ")")
                .toList();
        if (!clamped.isEmpty()) {
            warn("rank " + spec.lora().rank() + " is larger than " + clamped.size()
                    + " layers can use; there it is their smaller side, for example "
                    + String.join(", ", clamped.subList(0, Math.min(NAMES_IN_WARNING, clamped.size()))));
        }
    }

    private void warnOfUselessCrops(ModelFamily family) {
        if (family != ModelFamily.SDXL && training.prompts().stream().anyMatch(PromptPair::dynamicCrops)) {
            warn("dynamicCrops is on, but " + training.model().displayName() + " is " + family.displayName()
                    + ", which is not told of crops; only SDXL is");
        }
    }

    private void warn(String message) {
        warnings.add(message);
        job.publish(new TrainingWarning(message));
    }

    private Map<String, String> save(Path file, LoraParameters parameters, BaseModel base) {
        Map<String, String> metadata =
                LoraMetadata.of(training, base.family(), base.parameterization(), started, now(), losses.size());
        Map<String, String> written = LoraFile.write(file, parameters, spec.savePrecision(), metadata);
        job.publish(new LoraSaved(file, losses.size()));
        return written;
    }

    private Path intermediateFile(int iteration) {
        return training.output().resolve(training.name() + "_" + iteration + "steps.safetensors");
    }

    private TrainedLora result(Map<String, String> metadata) {
        return new TrainedLora(
                training.loraFile(),
                training.name(),
                losses.size(),
                losses,
                metadata,
                pace.elapsed(System.nanoTime()),
                warnings);
    }

    private void checkpoint() {
        job.control().checkpoint(this::paused, this::resumed);
    }

    private void paused() {
        pace.pause(System.nanoTime());
        job.publish(new TrainingPaused(losses.size()));
    }

    private void resumed() {
        pace.resume(System.nanoTime());
        job.publish(new TrainingResumed(losses.size()));
    }

    private void cancelled() {
        job.publish(new TrainingCancelled(losses.size(), Optional.empty()));
        job.fail(
                JobState.CANCELLED,
                new TrainingCancelledException("the training of " + training.name() + " was cancelled after "
                        + losses.size() + " iterations; nothing was saved"));
    }

    private void failed(Txt2LoraException failure) {
        job.publish(new TrainingFailed(failure));
        job.fail(JobState.FAILED, failure);
    }

    private Instant now() {
        Instant fixed = spec.timestamp();
        return fixed == null ? Instant.now() : fixed;
    }
}
