package io.github.txt2lora.testing;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingProgress;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.job.GapHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What a training does according to its script, one thing at each call. */
final class ScriptedRun {

    private static final String FAMILY = "SD 1.x";

    /** A safetensors file with no tensors: the length of the header, and the header. */
    private static final byte[] NO_TENSORS = "\10\0\0\0\0\0\0\0{}      ".getBytes(StandardCharsets.US_ASCII);

    private static final double GRADIENT_NORM = 1;

    private static final double NO_DRIFT = 0;

    private final LoraTraining training;
    private final TrainingSpec spec;
    private final TrainingScript script;
    private final Consumer<TrainingEvent> events;
    private final List<Double> losses = new ArrayList<>();
    private final GapHistory gaps;
    private Duration due = Duration.ZERO;
    private boolean loaded;

    ScriptedRun(LoraTraining training, TrainingScript script, Consumer<TrainingEvent> events) {
        this.training = training;
        this.spec = training.training();
        this.script = script;
        this.gaps = new GapHistory(spec.stopWhen());
        this.events = events;
    }

    void begin(Duration now) {
        due = now.plus(script.loadTime());
    }

    /** When the next call of {@link #proceed} is due. */
    Duration due() {
        return due;
    }

    /** Puts off what is due by the time that a pause took. */
    void postpone(Duration pause) {
        due = due.plus(pause);
    }

    /** How many iterations were made. */
    int iteration() {
        return losses.size();
    }

    /** Does what is due; the LoRA when that was the last. */
    Optional<TrainedLora> proceed() {
        if (!loaded) {
            load();
        } else {
            iterate();
        }
        if (losses.size() == spec.iterations() || gaps.isEnough()) {
            return Optional.of(finish());
        }
        due = due.plus(script.iterationTime());
        return Optional.empty();
    }

    private void load() {
        if (script.failure().orElse(null) instanceof ScriptedFailure.OnLoad failure) {
            throw failure.exception();
        }
        loaded = true;
        events.accept(new ModelLoaded(training.model().displayName(), FAMILY, script.loadTime()));
        script.warnings().forEach(message -> events.accept(new TrainingWarning(message)));
    }

    private void iterate() {
        int iteration = losses.size() + 1;
        if (script.failure().orElse(null) instanceof ScriptedFailure.AtIteration failure
                && failure.iteration() == iteration) {
            throw failure.exception();
        }
        losses.add(script.loss(iteration));
        TrainingProgress progress = progress();
        events.accept(new IterationFinished(
                iteration,
                spec.iterations(),
                progress.loss(),
                GRADIENT_NORM,
                spec.learningRate(),
                progress.iterationsPerSecond(),
                progress.remaining().orElse(Duration.ZERO)));
        if (spec.saveEvery() > 0 && iteration % spec.saveEvery() == 0 && iteration < spec.iterations()) {
            save(training.output().resolve(training.name() + "_" + iteration + "steps.safetensors"), iteration);
        }
        if (gaps.isDue(iteration)) {
            double gap = nextGap();
            events.accept(new GapMeasured(iteration, gap, gaps.add(iteration, gap)));
        }
    }

    TrainingProgress progress() {
        int iteration = losses.size();
        if (iteration == 0) {
            return new TrainingProgress(0, spec.iterations(), Double.NaN, 0, Optional.empty());
        }
        Duration time = script.iterationTime();
        return new TrainingProgress(
                iteration,
                spec.iterations(),
                losses.get(iteration - 1),
                time.isZero() ? 0 : 1e9 / time.toNanos(),
                Optional.of(time.multipliedBy(spec.iterations() - iteration)));
    }

    private double nextGap() {
        return script.gap(gaps.gaps().size() + 1);
    }

    private TrainedLora finish() {
        return save(
                spec.measureQuality()
                        ? Optional.of(new LoraQuality(nextGap(), NO_DRIFT, NO_DRIFT, gaps.gaps()))
                        : Optional.empty());
    }

    /** Saves the LoRA as it is, before the training is finished. */
    TrainedLora save() {
        return save(Optional.empty());
    }

    private TrainedLora save(Optional<LoraQuality> quality) {
        GapHistory.Smallest best = gaps.smallest();
        int iteration = best == null ? losses.size() : best.iteration();
        save(training.loraFile(), iteration);
        return new TrainedLora(
                training.loraFile(),
                training.name(),
                losses.size(),
                losses,
                Map.of("ss_output_name", training.name(), "ss_steps", Integer.toString(iteration)),
                quality,
                0,
                script.iterationTime().multipliedBy(losses.size()),
                script.warnings());
    }

    private void save(Path file, int iteration) {
        if (script.failure().orElse(null) instanceof ScriptedFailure.OnSave failure) {
            throw failure.exception();
        }
        if (script.writesFiles()) {
            try {
                Files.createDirectories(training.output());
                AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(NO_TENSORS)));
            } catch (IOException e) {
                throw new StorageException(file + " cannot be written: " + e, e);
            }
        }
        events.accept(new LoraSaved(file, iteration));
    }
}
