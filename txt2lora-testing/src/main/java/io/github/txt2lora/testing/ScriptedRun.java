package io.github.txt2lora.testing;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingProgress;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.internal.ChosenSettings;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.PreviewRequests;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.job.GapHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** A scripted training, one action at each call. */
final class ScriptedRun {

    private static final String FAMILY = "SD 1.x";

    /** A safetensors file with no tensors: the length of the header, and the header. */
    private static final byte[] NO_TENSORS = "\10\0\0\0\0\0\0\0{}      ".getBytes(StandardCharsets.US_ASCII);

    private static final double GRADIENT_NORM = 1;

    /** That it chooses where none is set. */
    private static final double LEARNING_RATE = 1e-3;

    private static final double NO_DRIFT = 0;

    private static final double SAME_LEARNING_RATE = 1;

    private final LoraTraining training;
    private final TrainingSpec spec;
    private final TrainingScript script;
    private final Consumer<TrainingEvent> events;
    private final List<Double> losses = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final GapHistory gaps;
    private final FakeStates states;
    private final Set<ScriptedRecovery> recovered = new HashSet<>();
    private Duration due = Duration.ZERO;
    private Duration stateWritten = Duration.ZERO;
    private int downloads;
    private boolean loaded;

    ScriptedRun(LoraTraining training, TrainingScript script, FakeStates states, Consumer<TrainingEvent> events) {
        this.states = states;
        this.training = training;
        this.spec = training.spec();
        this.script = script;
        this.gaps = new GapHistory(spec.stopping().rule());
        this.events = events;
    }

    void begin(Duration now) {
        due = now.plus(partOfLoading());
    }

    /** The downloads come at equal distances before the model is there. */
    private Duration partOfLoading() {
        return script.loadTime().dividedBy(script.downloads().size() + 1L);
    }

    /** When the next call of {@link #proceed} is due. */
    Duration due() {
        return due;
    }

    /** Puts off due steps by the time that a pause took. */
    void postpone(Duration pause) {
        due = due.plus(pause);
    }

    /** The number of completed iterations. */
    int iteration() {
        return losses.size();
    }

    /** Takes the due steps; returns the LoRA after the last one. */
    Optional<TrainedLora> proceed() {
        if (downloads < script.downloads().size()) {
            download();
            return Optional.empty();
        } else if (!loaded) {
            load();
        } else {
            iterate();
        }
        if (losses.size() == training.iterations() || gaps.isEnough()) {
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
        training.models()
                .forEach(model -> events.accept(new ModelLoaded(model.displayName(), FAMILY, script.loadTime())));
        script.warnings().forEach(this::warn);
        restore();
        ChosenSettings.event(training, spec.learningRate().orElse(LEARNING_RATE), Optional.empty())
                .ifPresent(events);
        stateWritten = due;
    }

    private void download() {
        List<Long> bytes = script.downloads();
        events.accept(new ModelDownloading(
                training.model().displayName(), bytes.get(downloads), OptionalLong.of(bytes.get(bytes.size() - 1))));
        downloads++;
        due = due.plus(partOfLoading());
    }

    private void warn(String message) {
        warnings.add(message);
        events.accept(new TrainingWarning(message));
    }

    private void restore() {
        Resume resume = spec.saving().states().resume();
        Optional<FakeStates.State> state = resume == Resume.NEVER ? Optional.empty() : states.find(training);
        if (state.isEmpty()) {
            if (resume == Resume.REQUIRED) {
                throw new InvalidSettingException("resume is REQUIRED, but there is no state " + stateFile("*")
                        + "; expected one of an earlier run");
            }
            return;
        }
        Optional<String> obstacle = obstacle(state.get());
        if (obstacle.isEmpty()) {
            losses.addAll(state.get().losses());
            gaps.restore(state.get().gaps(), state.get().smallest());
            events.accept(new StateRestored(stateFile(iteration()), iteration()));
        } else if (resume == Resume.REQUIRED) {
            throw new InvalidSettingException(obstacle.get() + ". Use IF_SAME or NEVER to start over");
        } else {
            warn(obstacle.get() + ". The training starts over");
        }
    }

    private Optional<String> obstacle(FakeStates.State state) {
        int made = state.losses().size();
        if (!state.isOf(training)) {
            return Optional.of("the state " + stateFile(made) + " is of another training");
        }
        return made > training.iterations()
                ? Optional.of("the state " + stateFile(made) + " is of " + Count.of(made, "iteration")
                        + ", more than the " + training.iterations() + " that are to be made")
                : Optional.empty();
    }

    private Path stateFile(Object iteration) {
        return training.output().resolve(training.name() + "-" + iteration + ".state");
    }

    private void saveStateIfDue() {
        StateSpec when = spec.saving().states();
        boolean due = when.everyIterations() > 0 && iteration() % when.everyIterations() == 0;
        if (due || when.interval().filter(this::isOver).isPresent()) {
            saveState();
        }
    }

    private boolean isOver(Duration interval) {
        return due.minus(stateWritten).compareTo(interval) >= 0;
    }

    /** Saves the iterations made so far, if any. */
    void saveState() {
        if (spec.saving().states().isWritten() && iteration() > 0) {
            keepState();
            events.accept(new StateSaved(stateFile(iteration()), iteration()));
            stateWritten = due;
        }
    }

    private void keepState() {
        states.put(training, new FakeStates.State(FakeStates.identity(training), losses, gaps.gaps(), gaps.smallest()));
    }

    /** Removes the state to resume from. */
    void deleteStates() {
        states.delete(training);
    }

    private void iterate() {
        int iteration = losses.size() + 1;
        if (script.failure().orElse(null) instanceof ScriptedFailure.AtIteration failure
                && failure.iteration() == iteration) {
            throw failure.exception();
        }
        Optional<ScriptedRecovery> recovery = script.recoveries().stream()
                .filter(each -> each.iteration() == iteration && recovered.add(each))
                .findFirst();
        if (recovery.isPresent()) {
            recover(recovery.get());
            return;
        }
        losses.add(script.loss(iteration));
        TrainingProgress progress = progress();
        events.accept(new IterationFinished(
                iteration,
                training.iterations(),
                progress.loss(),
                GRADIENT_NORM,
                spec.learningRate().orElse(LEARNING_RATE),
                progress.iterationsPerSecond(),
                progress.remaining().orElse(Duration.ZERO)));
        if (spec.saving().everyIterations() > 0
                && iteration % spec.saving().everyIterations() == 0
                && iteration < training.iterations()) {
            save(training.output().resolve(training.name() + "_" + iteration + "steps.safetensors"), iteration);
        }
        if (gaps.isDue(iteration)) {
            double gap = nextGap();
            events.accept(new GapMeasured(iteration, gap, gaps.add(iteration, gap)));
        }
        saveStateIfDue();
        if (training.preview().isDueAfter(iteration)) {
            preview(iteration);
        }
    }

    /** The disc grows with the iterations. */
    private void preview(int iteration) {
        double size = (double) iteration / training.iterations();
        List<GeneratedImage> images = PreviewRequests.of(training).stream()
                .map(request -> FakePictures.picture(request, 0, size))
                .toList();
        List<Path> files = new ArrayList<>();
        if (training.preview().files() && script.writesFiles()) {
            createFolder(training.preview().folderOf(training));
            for (int i = 0; i < images.size(); i++) {
                files.add(training.preview().file(training, iteration, i));
                images.get(i).writePng(files.get(i));
            }
        }
        events.accept(new PreviewDrawn(iteration, images, files, Duration.ZERO));
    }

    private static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException(folder + " cannot be created: " + e, e);
        }
    }

    private void recover(ScriptedRecovery recovery) {
        losses.subList(recovery.resumesAfter(), losses.size()).clear();
        gaps.fallBack(recovery.resumesAfter());
        events.accept(new TrainingRecovered(
                recovery.iteration(), recovery.found(), recovery.resumesAfter(), SAME_LEARNING_RATE));
    }

    TrainingProgress progress() {
        int iteration = losses.size();
        if (iteration == 0) {
            return new TrainingProgress(0, training.iterations(), Double.NaN, 0, Optional.empty());
        }
        Duration time = script.iterationTime();
        return new TrainingProgress(
                iteration,
                training.iterations(),
                losses.get(iteration - 1),
                time.isZero() ? 0 : 1e9 / time.toNanos(),
                Optional.of(time.multipliedBy(training.iterations() - iteration)));
    }

    private double nextGap() {
        return script.gap(gaps.gaps().size() + 1);
    }

    private TrainedLora finish() {
        TrainedLora lora = save(
                spec.stopping().measureQuality()
                        ? Optional.of(
                                new LoraQuality(nextGap(), List.of(), NO_DRIFT, NO_DRIFT, recognitions(), gaps.gaps()))
                        : Optional.empty());
        if (spec.saving().states().isWritten() && iteration() > 0) {
            keepState();
        } else {
            deleteStates();
        }
        return lora;
    }

    /** All images of all targets, if any are asked for. */
    private List<LoraQuality.Recognition> recognitions() {
        return spec.stopping().recognitionImages() == 0
                ? List.of()
                : training.prompts().stream()
                        .filter(pair -> pair.action() == PromptAction.ENHANCE && !pair.preserves())
                        .map(pair -> new LoraQuality.Recognition(pair.target(), pair.positive(), 1))
                        .toList();
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
                warnings);
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
