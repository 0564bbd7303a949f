package io.github.txt2lora.engine;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.Outcome;
import io.github.txt2lora.leco.TrainerGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trainings over the same networks, from their start to their files. Those that have ended, in whatever way, leave the
 * others alone. Where an iteration of all together fails, each makes its own from then on, so that only the one at
 * fault fails.
 */
final class GroupRun {

    private final EngineParts engine;
    private final List<TrainingRun> active;
    private final List<TrainingRun> all;
    private final ImagesBetween images;
    private boolean together = true;

    /** The settings that trainings must share to go through the network together. */
    private record Key(
            List<ModelSource> models,
            Precision precision,
            LoraSpec lora,
            Optional<LoraStart> layers,
            int gradientAccumulationSteps) {

        static Key of(LoraTraining training) {
            TrainingSpec spec = training.spec();
            // AUTO takes the layers of the file that a training starts from
            Optional<LoraStart> layers = Optional.of(spec.method().start())
                    .filter(start -> start instanceof LoraStart.FromLora
                            && spec.lora().target().equals(LoraTarget.AUTO));
            return new Key(
                    training.models(),
                    spec.modelUse().precision(),
                    training.lora(),
                    layers,
                    spec.gradientAccumulationSteps());
        }
    }

    /** The jobs that can be done together, each group in the place of its first one. */
    static List<List<EngineJob>> groups(List<EngineJob> jobs) {
        Map<Key, List<EngineJob>> groups = new LinkedHashMap<>();
        jobs.forEach(job -> groups.computeIfAbsent(Key.of(job.training()), key -> new ArrayList<>())
                .add(job));
        return List.copyOf(groups.values());
    }

    /**
     * Trainings that have not begun.
     *
     * @param jobs one, or several of one of the {@link #groups}
     */
    GroupRun(EngineParts engine, List<EngineJob> jobs) {
        this.engine = engine;
        this.active = new ArrayList<>(jobs.stream()
                .map(job -> new TrainingRun(engine, job, jobs.size()))
                .toList());
        this.all = List.copyOf(active);
        this.images = new ImagesBetween(engine, this::isToEnd);
    }

    /** Trains them all. */
    void run() {
        open();
        if (active.isEmpty()) {
            return;
        }
        MemoryUse memory = leastMemory();
        active.get(0).denoisers().forEach(denoiser -> denoiser.use(memory));
        var group = new TrainerGroup(engine.torch(), memory.samplesAtOnce());
        active.forEach(run -> run.whilePaused(images::drawAll));
        while (!active.isEmpty()) {
            drawOneRequest();
            parts().forEach(runs -> iterate(group, runs));
            active.removeIf(run -> !run.isActive());
        }
        all.forEach(run -> run.whilePaused(() -> {}));
    }

    /** One at a time, so that the trainings go on however many there are. */
    private void drawOneRequest() {
        if (images.isWaiting()) {
            Runnable drawing = images::drawOne;
            for (TrainingRun run : active) {
                Runnable inner = drawing;
                drawing = () -> run.aside(inner);
            }
            drawing.run();
        }
    }

    private boolean isToEnd() {
        return active.stream().anyMatch(run -> run.isActive() && run.isCancelled());
    }

    /** Of those that the trainings want, since one call serves all. */
    private MemoryUse leastMemory() {
        List<MemoryUse> wanted = active.stream().map(TrainingRun::memory).toList();
        return new MemoryUse(
                wanted.stream().mapToInt(MemoryUse::samplesAtOnce).min().orElseThrow(),
                wanted.stream().anyMatch(MemoryUse::recomputed),
                wanted.stream().anyMatch(MemoryUse::recomputedWhenShort));
    }

    private void open() {
        active.forEach(TrainingRun::encode);
        active.removeIf(run -> !run.isActive());
        boolean others = false;
        for (TrainingRun run : active) {
            run.open(others);
            others |= run.isActive();
        }
        active.removeIf(run -> !run.isActive());
    }

    /** Those that make an iteration together. */
    private List<List<TrainingRun>> parts() {
        return together
                ? List.of(List.copyOf(active))
                : active.stream().map(List::of).toList();
    }

    private void iterate(TrainerGroup group, List<TrainingRun> runs) {
        List<LecoTrainer> trainers = runs.stream().map(TrainingRun::trainer).toList();
        List<Outcome> outcomes;
        try {
            outcomes = engine.torch()
                    .checkingCalls(() -> runs.forEach(TrainingRun::checkpoint), () -> group.next(trainers));
        } catch (JobControl.CancelSignal e) {
            runs.forEach(TrainingRun::endIfCancelled);
            return;
        } catch (RuntimeException | Error e) {
            failed(runs, e);
            return;
        }
        for (int i = 0; i < outcomes.size(); i++) {
            runs.get(i).take(outcomes.get(i));
        }
    }

    private void failed(List<TrainingRun> runs, Throwable failure) {
        if (runs.size() == 1) {
            runs.get(0).fail(failure);
            return;
        }
        together = false;
        runs.forEach(run -> run.warn("an iteration of several LoRAs together failed, so each is trained by itself"
                + " from now on: " + failure.getMessage()));
    }
}
