package io.github.txt2lora.testing;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.job.EventQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An engine that trains nothing: jobs follow a {@link TrainingScript} in virtual time, so a test of an application
 * takes milliseconds and needs no model. Queue, states, events and threads are as {@link TrainingEngine},
 * {@link TrainingJob} and {@link TrainingListener} say, since it passes the same contract tests as the real engine.
 * Images are drawn at once, also while a training runs, whatever their model; previews take no time. Unlike that one it
 * never keeps a JVM alive, since its time may stand still, and its states are no files; see
 * {@link FakeStates}.
 *
 * <pre>{@code
 * var clock = VirtualClock.stopped();
 * try (var engine = FakeTrainingEngine.builder()
 *         .clock(clock)
 *         .losses(0.9, 0.5, 0.2)
 *         .iterationTime(Duration.ofSeconds(2))
 *         .failAt(3, new TrainingFailedException("out of memory"))
 *         .build()) {
 *     application.train(engine, "krnkmd");
 *     clock.advance(Duration.ofSeconds(4));
 *     assertThat(application.progress("krnkmd")).isEqualTo("2 of 500, loss 0.5");
 * }
 * }</pre>
 */
public final class FakeTrainingEngine implements TrainingEngine {

    private static final Logger LOG = System.getLogger(FakeTrainingEngine.class.getName());

    private final TrainingScript script;
    private final Map<String, TrainingScript> scriptsByName;
    private final VirtualClock clock;
    private final FakeWorker worker;
    private final FakeStates states;
    private final Function<? super LoraTraining, TrainingEstimate> estimates;
    private final List<FakeJob> jobs = new ArrayList<>();
    private final ClaimedFiles claimed = new ClaimedFiles();
    private final List<FakePictures> pictures = new ArrayList<>();
    private final List<ImageRequest> requests = new ArrayList<>();
    private boolean closed;

    private FakeTrainingEngine(Builder builder) {
        this.script = builder.script;
        this.scriptsByName = Map.copyOf(builder.scriptsByName);
        this.clock = builder.clock;
        this.states = builder.states;
        this.estimates = builder.estimates;
        this.worker = new FakeWorker(clock);
    }

    /** A builder of an engine whose trainings are {@link TrainingScript#smooth()} and whose clock jumps. */
    public static Builder builder() {
        return new Builder();
    }

    /** The time of its trainings. */
    public VirtualClock clock() {
        return clock;
    }

    /** The states of its trainings, from which another engine can resume. */
    public FakeStates states() {
        return states;
    }

    /** The requested trainings, in order. */
    public List<LoraTraining> trainings() {
        return clock.locked(() -> jobs.stream().map(FakeJob::training).toList());
    }

    /** The image requests, in order. */
    public List<ImageRequest> requests() {
        return clock.locked(() -> List.copyOf(requests));
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return clock.locked(() -> closed);
    }

    @Override
    public TrainingJob start(LoraTraining training, TrainingListener... listeners) {
        Check.given("training", training);
        for (TrainingListener listener : Check.given("listeners", listeners)) {
            Check.given("listener", listener);
        }
        return clock.locked(() -> {
            requireOpen();
            claimed.require(List.of(training));
            return enqueue(training, List.of(listeners));
        });
    }

    @Override
    public List<TrainingJob> startTogether(
            List<LoraTraining> trainings, Function<? super LoraTraining, ? extends TrainingListener> listeners) {
        Check.given("listeners", listeners);
        List<LoraTraining> all = List.copyOf(Check.given("trainings", trainings));
        return clock.locked(() -> {
            requireOpen();
            claimed.require(all);
            return all.stream()
                    .<TrainingJob>map(
                            training -> enqueue(training, List.of(Check.given("listener", listeners.apply(training)))))
                    .toList();
        });
    }

    private FakeJob enqueue(LoraTraining training, List<TrainingListener> listeners) {
        TrainingScript own = scriptsByName.getOrDefault(training.name(), script);
        var events = new EventQueue(listeners, worker, FakeTrainingEngine::listenerFailed);
        var job = new FakeJob(training, own, states, clock, worker, events);
        jobs.add(job);
        claimed.put(job);
        worker.add(job);
        return job;
    }

    private static void listenerFailed(TrainingEvent event, Throwable failure) {
        LOG.log(Level.WARNING, "a listener failed on " + event.getClass().getSimpleName(), failure);
    }

    @Override
    public TrainingEstimate estimate(LoraTraining training, int together) {
        Check.given("training", training);
        Check.atLeast("together", together, 1);
        clock.locked(this::requireOpen);
        return estimates.apply(training);
    }

    /** A small model, an evaluation for each iteration. */
    private static TrainingEstimate small(LoraTraining training) {
        long mebibyte = 1 << 20;
        return new TrainingEstimate(
                "Stable Diffusion 1.x",
                mebibyte,
                mebibyte,
                new MemoryPlan(1, 1, false),
                List.of(),
                Optional.empty(),
                mebibyte,
                mebibyte,
                training.iterations());
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, ImageListener listener) {
        Check.given("request", request);
        Check.given("listener", listener);
        var drawing = new FakePictures(request);
        clock.locked(() -> {
            requireOpen();
            requests.add(request);
            pictures.add(drawing);
            worker.addBetween(drawing);
        });
        return drawing.await(listener);
    }

    private void requireOpen() {
        if (closed) {
            throw closedException();
        }
    }

    private static Txt2LoraException closedException() {
        return new Txt2LoraException("the engine is closed; open another one with TrainingEngine.open()");
    }

    @Override
    public void close() {
        clock.locked(() -> {
            closed = true;
            jobs.forEach(job -> job.cancel(CancelMode.SUSPEND));
            pictures.forEach(drawing -> drawing.fail(closedException()));
        });
        worker.close();
    }

    /** Collects the behaviour of a {@link FakeTrainingEngine}; each call replaces an earlier one. */
    public static final class Builder {

        private TrainingScript script = TrainingScript.smooth();
        private final Map<String, TrainingScript> scriptsByName = new HashMap<>();
        private VirtualClock clock = VirtualClock.jumping();
        private FakeStates states = new FakeStates();
        private Function<? super LoraTraining, TrainingEstimate> estimates = FakeTrainingEngine::small;

        private Builder() {}

        /** The losses of a training's iterations; the last one is that of all later iterations too. */
        public Builder losses(double first, double... others) {
            return script(script.losses(first, others));
        }

        /**
         * The gap at each measurement of a training that has a {@link io.github.txt2lora.StopRule} or measures its
         * quality; the last one is that of all later measurements too.
         */
        public Builder gaps(double first, double... others) {
            return script(script.gaps(first, others));
        }

        /** The time to load a model; none by default. */
        public Builder loadTime(Duration time) {
            return script(script.loadTime(time));
        }

        /** The time for an iteration; none by default. */
        public Builder iterationTime(Duration time) {
            return script(script.iterationTime(time));
        }

        /** The warnings of trainings. */
        public Builder warnings(String... messages) {
            return script(script.warnings(messages));
        }

        /** Lets trainings fail while the model loads. */
        public Builder failOnLoad(Txt2LoraException exception) {
            return script(script.failOnLoad(exception));
        }

        /** Lets trainings fail in an iteration, counted from 1. */
        public Builder failAt(int iteration, Txt2LoraException exception) {
            return script(script.failAt(iteration, exception));
        }

        /** Lets trainings fail when their LoRA is to be saved. */
        public Builder failOnSave(Txt2LoraException exception) {
            return script(script.failOnSave(exception));
        }

        /** Lets trainings download their model; see {@link TrainingScript#download}. */
        public Builder download(long... bytes) {
            return script(script.download(bytes));
        }

        /** Lets trainings go back in an iteration; see {@link TrainingScript#recoverAt}. */
        public Builder recoverAt(int iteration, String found, int resumesAfter) {
            return script(script.recoverAt(iteration, found, resumesAfter));
        }

        /** Whether saved LoRAs are files, ones without tensors; false by default. */
        public Builder writesFiles(boolean writes) {
            return script(script.writesFiles(writes));
        }

        /** The script of all trainings without their own script. */
        public Builder script(TrainingScript script) {
            this.script = Check.given("script", script);
            return this;
        }

        /** The script of the trainings of a LoRA with this name. */
        public Builder scriptFor(String name, TrainingScript script) {
            scriptsByName.put(Check.given("name", name), Check.given("script", script));
            return this;
        }

        /** The time of its trainings; one that jumps by default. */
        public Builder clock(VirtualClock clock) {
            this.clock = Check.given("clock", clock);
            return this;
        }

        /** Lets trainings resume from the states of an earlier engine; none by default. */
        public Builder states(FakeStates states) {
            this.states = Check.given("states", states);
            return this;
        }

        /**
         * The estimates of trainings; the function throws if one cannot be estimated. The default is a small model that
         * is evaluated once in each iteration.
         */
        public Builder estimates(Function<? super LoraTraining, TrainingEstimate> estimates) {
            this.estimates = Check.given("estimates", estimates);
            return this;
        }

        /** Opens the engine. */
        public FakeTrainingEngine build() {
            return new FakeTrainingEngine(this);
        }
    }
}
