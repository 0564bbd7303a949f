package io.github.txt2lora.testing;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingPaused;
import java.nio.file.Path;

/** Brings a job into a state, for contract tests. Closing it ends the job and what it waits for. */
final class JobInState implements AutoCloseable {

    private static final int ENDLESS = Integer.MAX_VALUE;

    private final EngineFixture fixture;
    private final TrainingEngine engine;
    private final Path folder;
    private final EventLog log = new EventLog();
    private final TrainingJob before;
    private final TrainingJob job;

    JobInState(JobState state, EngineFixture fixture, TrainingEngine engine, Path folder) throws InterruptedException {
        this.fixture = fixture;
        this.engine = engine;
        this.folder = folder;
        this.before = holdTheQueue();
        this.job = start(state);
        if (state != JobState.QUEUED) {
            before.cancel(CancelMode.DISCARD);
            bringInto(state);
        }
    }

    private TrainingJob holdTheQueue() {
        TrainingJob paused = engine.start(fixture.training(folder.resolve("before"), ENDLESS));
        paused.pause();
        return paused;
    }

    private TrainingJob start(JobState state) {
        Path output = folder.resolve("lora");
        return engine.start(
                switch (state) {
                    case QUEUED, RUNNING, PAUSED, CANCELLED -> fixture.training(output, ENDLESS);
                    case FINISHED -> fixture.training(output, 1);
                    case FAILED -> fixture.failingTraining(output);
                },
                log);
    }

    private void bringInto(JobState state) throws InterruptedException {
        switch (state) {
            case QUEUED -> {}
            case RUNNING -> log.await(IterationFinished.class);
            case PAUSED -> {
                log.await(IterationFinished.class);
                job.pause();
                log.await(TrainingPaused.class);
            }
            case CANCELLED -> {
                log.await(IterationFinished.class);
                job.cancel(CancelMode.DISCARD);
                awaitEnd(job);
            }
            case FINISHED, FAILED -> awaitEnd(job);
        }
    }

    private static void awaitEnd(TrainingJob ending) throws InterruptedException {
        try {
            ending.await();
        } catch (Txt2LoraException e) {
            // an end as well
        }
    }

    TrainingJob job() {
        return job;
    }

    EventLog log() {
        return log;
    }

    /** Lets a queued job continue. */
    void releaseTheQueue() {
        before.cancel(CancelMode.DISCARD);
    }

    /** Also waits for their ends, since until then they write into the folder. */
    @Override
    public void close() {
        job.cancel(CancelMode.DISCARD);
        releaseTheQueue();
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                awaitEnd(job);
                awaitEnd(before);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
