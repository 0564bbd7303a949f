package io.github.txt2lora.engine;

import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.leco.ResilientTrainer;
import io.github.txt2lora.leco.ResilientTrainer.Outcome;
import io.github.txt2lora.leco.TrainerGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Trainings over one network, from their start to their files. Those that have ended, in whatever way, leave the others
 * alone. Where an iteration of all together fails, each makes its own from then on, so that only the one at fault fails.
 */
final class GroupRun {

    private final EngineParts engine;
    private final List<TrainingRun> active;
    private boolean together = true;

    /**
     * Trainings that have not begun.
     *
     * @param jobs one, or several of the same {@link GroupKey}
     */
    GroupRun(EngineParts engine, List<EngineJob> jobs) {
        this.engine = engine;
        this.active = new ArrayList<>(jobs.stream()
                .map(job -> new TrainingRun(engine, job, jobs.size()))
                .toList());
    }

    /** Trains them all. */
    void run() {
        open();
        if (active.isEmpty()) {
            return;
        }
        var group = new TrainerGroup(engine.torch(), active.get(0).unet());
        while (!active.isEmpty()) {
            if (together && active.size() > 1) {
                iterateTogether(group);
            } else {
                active.forEach(TrainingRun::iterate);
            }
            active.removeIf(run -> !run.isActive());
        }
    }

    private void open() {
        boolean others = false;
        for (TrainingRun run : active) {
            run.open(others);
            others |= run.isActive();
        }
        active.removeIf(run -> !run.isActive());
    }

    private void iterateTogether(TrainerGroup group) {
        UNet unet = active.get(0).unet();
        long before = unet.work();
        try {
            List<ResilientTrainer> trainers =
                    active.stream().map(TrainingRun::trainer).toList();
            List<Outcome> outcomes = engine.torch()
                    .checkingCalls(() -> active.forEach(TrainingRun::checkpoint), () -> group.next(trainers));
            long work = unet.work() - before;
            for (int i = 0; i < outcomes.size(); i++) {
                long share = work * (i + 1) / outcomes.size() - work * i / outcomes.size();
                active.get(i).iteratedTogether(outcomes.get(i), share);
            }
        } catch (JobControl.CancelSignal e) {
            active.forEach(TrainingRun::endIfCancelled);
        } catch (RuntimeException | Error e) {
            together = false;
            active.forEach(run -> run.warn("an iteration of several LoRAs together failed, so each is trained by itself"
                    + " from now on: " + e.getMessage()));
        }
    }
}
