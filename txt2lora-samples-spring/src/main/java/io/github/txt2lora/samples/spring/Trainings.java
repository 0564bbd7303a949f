package io.github.txt2lora.samples.spring;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** The trainings that are queued, run, or have ended lately, by their numbers. */
@Component
final class Trainings {

    private static final Duration LATER = Duration.ofMinutes(1);

    private final TrainingEngine engine;
    private final ServiceLimits limits;
    private final TrainingMeters meters;
    private final Map<Long, Training> byId = new TreeMap<>();
    private long lastId;

    /** One of them. */
    record Training(long id, TrainingJob job, TrainingEvents events) {

        TrainingStatus status() {
            return TrainingStatus.of(id, job);
        }

        private boolean hasEnded() {
            return job.state().isTerminal();
        }
    }

    Trainings(TrainingEngine engine, ServiceLimits limits, TrainingMeters meters) {
        this.engine = engine;
        this.meters = meters;
        this.limits = limits;
        meters.watch(this::open);
    }

    /** The number of those that are queued or run. */
    private synchronized long open() {
        return byId.values().stream().filter(each -> !each.hasEnded()).count();
    }

    /** Queues a training, unless too many are queued already. */
    synchronized Training start(LoraTraining training) {
        forgetOld();
        if (open() >= limits.trainings()) {
            throw Refusal.until(
                    HttpStatus.TOO_MANY_REQUESTS,
                    limits.trainings() + " trainings are queued or run, as many as there may be; try again when one has"
                            + " ended",
                    LATER);
        }
        var events = new TrainingEvents();
        TrainingJob job = engine.start(training, events, meters.listener());
        lastId++;
        var started = new Training(lastId, job, events);
        byId.put(lastId, started);
        return started;
    }

    /** All that are not forgotten, the oldest first. */
    synchronized List<Training> all() {
        forgetOld();
        return List.copyOf(byId.values());
    }

    /** The training of a number. */
    synchronized Training find(long id) {
        forgetOld();
        Training training = byId.get(id);
        if (training == null) {
            throw Refusal.of(
                    HttpStatus.NOT_FOUND,
                    "there is no training " + id + "; expected one that is not over, or one of the last "
                            + limits.ended() + " that are");
        }
        return training;
    }

    /** A job that has ended holds its losses. */
    private void forgetOld() {
        long tooMany = byId.values().stream().filter(Training::hasEnded).count() - limits.ended();
        Iterator<Training> oldest = byId.values().iterator();
        while (tooMany > 0) {
            if (oldest.next().hasEnded()) {
                oldest.remove();
                tooMany--;
            }
        }
    }
}
