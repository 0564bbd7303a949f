package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.testing.EventLog;
import java.nio.file.Path;

/** Keeps an engine busy with a training that is paused, so that what is started meanwhile stays in the queue. */
final class Held {

    private final TrainingJob job;

    Held(TrainingEngine engine, Path output) throws InterruptedException {
        var log = new EventLog();
        job = engine.start(Tiny.training(output, Integer.MAX_VALUE), log);
        job.pause();
        log.await(TrainingPaused.class);
    }

    /** Lets the queue go on. */
    void release() {
        job.cancel(CancelMode.DISCARD);
    }
}
