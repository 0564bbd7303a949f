package io.github.txt2lora.samples.spring;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * The trainings, by their numbers. The database knows all of them; the engine has those that have not ended. When the
 * service starts, it queues again what the last run of it has left, before it takes requests.
 */
@Component
final class Trainings implements SmartInitializingSingleton, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Trainings.class);

    private static final Duration LATER = Duration.ofMinutes(1);

    private final TrainingEngine engine;
    private final ModelSource model;
    private final ServiceSettings settings;
    private final ServiceLimits limits;
    private final TrainingMeters meters;
    private final TrainingRows rows;
    private final Measurements measurements;
    private final LoraLibrary library;
    private final Previews previews;
    private final Map<Long, Live> live = new ConcurrentHashMap<>();

    /** A training that the engine has. */
    private record Live(TrainingJob job, TrainingEvents events) {}

    Trainings(
            TrainingEngine engine,
            ModelSource model,
            ServiceSettings settings,
            ServiceLimits limits,
            TrainingMeters meters,
            TrainingRows rows,
            Measurements measurements,
            LoraLibrary library,
            Previews previews) {
        this.engine = engine;
        this.model = model;
        this.settings = settings;
        this.limits = limits;
        this.meters = meters;
        this.rows = rows;
        this.measurements = measurements;
        this.library = library;
        this.previews = previews;
        meters.watch(this::open);
    }

    /** Goes on with what had not ended. */
    @Override
    public void afterSingletonsInstantiated() {
        for (TrainingRow row : rows.notEnded()) {
            long id = Objects.requireNonNull(row.id());
            try {
                Live training = start(id, row.order().on(model, settings, limits));
                if (row.paused()) {
                    training.job().pause();
                }
                CancelMode cancel = row.cancel();
                if (cancel != null) {
                    training.job().cancel(cancel);
                }
                LOG.info("training {} of {} goes on", id, row.name());
            } catch (Txt2LoraException e) {
                LOG.warn("training {} of {} cannot go on", id, row.name(), e);
                rows.ended(id, JobState.FAILED, row.iteration(), e.getMessage(), Instant.now());
            }
        }
    }

    /** The number of those that are queued or run. */
    private long open() {
        return live.values().stream()
                .filter(each -> !each.job().state().isTerminal())
                .count();
    }

    /** Queues a training, unless too many are queued already or its LoRA is there. */
    synchronized TrainingStatus start(TrainingOrder order) {
        LoraTraining training = order.on(model, settings, limits);
        requireRoom(order);
        requireUnused(order);
        TrainingRow row = rows.save(TrainingRow.queued(order, training.iterations(), Instant.now()));
        long id = Objects.requireNonNull(row.id());
        try {
            return TrainingStatus.of(id, row, start(id, training).job());
        } catch (RuntimeException e) {
            rows.deleteById(id);
            throw e;
        }
    }

    private void requireRoom(TrainingOrder order) {
        if (open() >= limits.trainings()) {
            throw Refusal.until(
                    HttpStatus.TOO_MANY_REQUESTS,
                    limits.trainings() + " trainings are queued or run, as many as there may be; try again when one has"
                            + " ended",
                    LATER);
        }
        if (!library.has(order.name())) {
            library.requireRoom();
        }
    }

    private void requireUnused(TrainingOrder order) {
        requireNotTraining(order.name());
        if (!order.replaces() && library.has(order.name())) {
            throw Refusal.of(
                    HttpStatus.CONFLICT,
                    "there is a LoRA " + order.name() + " already; choose another name, or set replace to true");
        }
    }

    private void requireNotTraining(String name) {
        for (Map.Entry<Long, Live> each : live.entrySet()) {
            TrainingJob job = each.getValue().job();
            if (!job.state().isTerminal() && job.training().name().equals(name)) {
                throw Refusal.of(
                        HttpStatus.CONFLICT,
                        "training " + each.getKey() + " writes the LoRA " + name
                                + "; choose another name, or wait for its end");
            }
        }
    }

    private Live start(long id, LoraTraining training) {
        var events = new TrainingEvents(id);
        var journal = new TrainingJournal(id, rows, measurements, () -> forget(id));
        TrainingJob job = engine.start(previews.of(id, training), journal, meters.listener(), events);
        var started = new Live(job, events);
        live.put(id, started);
        if (job.state().isTerminal()) {
            live.remove(id); // it may have ended before it was put there
        }
        return started;
    }

    /** A job that has ended holds its losses. */
    private void forget(long id) {
        live.remove(id);
        rows.forgetAllBut(limits.ended());
        previews.forgetAllBut(rows.ids());
    }

    /** All that are not forgotten, the oldest first. */
    List<TrainingStatus> all() {
        return rows.inOrder().stream().map(this::status).toList();
    }

    /** The status of a training. */
    TrainingStatus status(long id) {
        return status(row(id));
    }

    private TrainingStatus status(TrainingRow row) {
        long id = Objects.requireNonNull(row.id());
        Live training = live.get(id);
        return training == null ? TrainingStatus.of(id, row) : TrainingStatus.of(id, row, training.job());
    }

    /** What it had left to learn so far. */
    List<Measurement> curve(long id) {
        row(id);
        return measurements.of(id);
    }

    /** What it has drawn so far. */
    List<Preview> previews(long id) {
        row(id);
        return previews.of(id);
    }

    /** Its events; of one that has ended, the last. */
    TrainingEvents events(long id) {
        TrainingRow row = row(id);
        return Optional.ofNullable(live.get(id)).map(Live::events).orElseGet(() -> TrainingEvents.ofEnded(id, row));
    }

    /** Asks a training to end. */
    void cancel(long id, CancelMode mode) {
        row(id);
        rows.cancel(id, mode);
        job(id).ifPresent(job -> job.cancel(mode));
    }

    /** Pauses a training, or lets it go on. */
    void pause(long id, boolean paused) {
        row(id);
        rows.pause(id, paused);
        job(id).ifPresent(paused ? TrainingJob::pause : TrainingJob::resume);
    }

    private Optional<TrainingJob> job(long id) {
        return Optional.ofNullable(live.get(id)).map(Live::job);
    }

    private TrainingRow row(long id) {
        return rows.findById(id)
                .orElseThrow(() -> Refusal.of(
                        HttpStatus.NOT_FOUND,
                        "there is no training " + id + "; expected one that is not over, or one of the last "
                                + limits.ended() + " that are"));
    }

    /** Suspends the trainings while the database is still there. */
    @Override
    public void close() {
        engine.close();
    }
}
