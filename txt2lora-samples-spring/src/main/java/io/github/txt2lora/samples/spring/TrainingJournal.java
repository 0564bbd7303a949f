package io.github.txt2lora.samples.spring;

import io.github.txt2lora.JobState;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes what happens in a training to the database. The engine calls it on its thread for listeners, so that a slow
 * database delays no training. If the database is away when a training ends, its row has not ended: after a restart the
 * training resumes from its last state and ends at once.
 */
final class TrainingJournal implements TrainingListener {

    private static final int LONGEST_REASON = 4000;

    private final long id;
    private final TrainingRows rows;
    private final Measurements measurements;
    private final Runnable afterEnd;
    private int iteration;
    private double losses;
    private int lossCount;

    TrainingJournal(long id, TrainingRows rows, Measurements measurements, Runnable afterEnd) {
        this.id = id;
        this.rows = rows;
        this.measurements = measurements;
        this.afterEnd = afterEnd;
    }

    @Override
    public void onStarted(TrainingStarted event) {
        rows.started(id);
    }

    @Override
    public void onSettingsChosen(SettingsChosen event) {
        rows.chose(id, event.iterations());
    }

    @Override
    public void onStateRestored(StateRestored event) {
        iteration = event.iteration();
        rows.resumed(id, iteration);
        measurements.forgetAfter(id, iteration);
    }

    @Override
    public void onIteration(IterationFinished event) {
        iteration = event.iteration();
        losses += event.loss();
        lossCount++;
    }

    @Override
    public void onGap(GapMeasured event) {
        iteration = event.iteration();
        Double loss = lossCount == 0 ? null : finite(losses / lossCount);
        losses = 0;
        lossCount = 0;
        Double gap = finite(event.gap());
        if (gap != null) {
            measurements.save(new Measurement(null, id, iteration, gap, loss));
        }
        rows.proceeded(id, JobState.RUNNING, iteration);
    }

    @Override
    public void onRecovered(TrainingRecovered event) {
        iteration = event.resumesAfter();
        measurements.forgetAfter(id, iteration);
    }

    @Override
    public void onStateSaved(StateSaved event) {
        rows.saved(id, event.iteration());
    }

    @Override
    public void onPaused(TrainingPaused event) {
        rows.proceeded(id, JobState.PAUSED, event.iteration());
    }

    @Override
    public void onResumed(TrainingResumed event) {
        rows.proceeded(id, JobState.RUNNING, event.iteration());
    }

    @Override
    public void onFinished(TrainingFinished event) {
        end(JobState.FINISHED, event.lora().iterations(), null);
    }

    /** One that no client cancelled was suspended, since the service ends: it goes on after the restart. */
    @Override
    public void onCancelled(TrainingCancelled event) {
        if (rows.findById(id).filter(row -> row.cancel() != null).isPresent()) {
            end(JobState.CANCELLED, event.iteration(), null);
        } else {
            rows.proceeded(id, JobState.QUEUED, event.iteration());
        }
    }

    @Override
    public void onFailed(TrainingFailed event) {
        String reason = String.valueOf(event.failure().getMessage());
        end(JobState.FAILED, iteration, reason.substring(0, Math.min(reason.length(), LONGEST_REASON)));
    }

    private void end(JobState state, int made, @Nullable String reason) {
        rows.ended(id, state, made, reason, Instant.now());
        afterEnd.run();
    }

    private static @Nullable Double finite(double number) {
        return Double.isFinite(number) ? number : null;
    }
}
