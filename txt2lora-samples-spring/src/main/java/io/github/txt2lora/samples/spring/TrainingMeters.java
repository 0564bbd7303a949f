package io.github.txt2lora.samples.spring;

import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Meters of all trainings, at {@code /actuator/metrics}:
 *
 * <ul>
 *   <li>{@code txt2lora.training}: timer of trainings from their start to their end, by {@code outcome};
 *   <li>{@code txt2lora.waiting}: timer of the time that trainings were queued; one that was cancelled there is in no
 *       other;
 *   <li>{@code txt2lora.trainings}: gauge of trainings that are queued or run;
 *   <li>{@code txt2lora.iterations}: counter;
 *   <li>{@code txt2lora.loss}, {@code txt2lora.gap}, {@code txt2lora.iterations.per.second}: gauges of the newest
 *       iteration of any training.
 * </ul>
 */
@Component
final class TrainingMeters {

    private final MeterRegistry registry;
    private final Counter iterations;
    private final Timer waiting;
    private volatile double loss = Double.NaN;
    private volatile double gap = Double.NaN;
    private volatile double iterationsPerSecond;

    TrainingMeters(MeterRegistry registry) {
        this.registry = registry;
        iterations = registry.counter("txt2lora.iterations");
        waiting = registry.timer("txt2lora.waiting");
        Gauge.builder("txt2lora.loss", this, meters -> meters.loss).register(registry);
        Gauge.builder("txt2lora.gap", this, meters -> meters.gap).register(registry);
        Gauge.builder("txt2lora.iterations.per.second", this, meters -> meters.iterationsPerSecond)
                .register(registry);
    }

    /** Reads the number of trainings that are queued or run here. */
    void watch(Supplier<Number> trainings) {
        Gauge.builder("txt2lora.trainings", trainings).register(registry);
    }

    /** A listener for one training, which is queued now. */
    TrainingListener listener() {
        return new OneTraining();
    }

    private final class OneTraining implements TrainingListener {

        private Timer.Sample sinceThen = Timer.start(registry);
        private boolean hasStarted;

        /** The counter would miss what a slow listener misses. */
        @Override
        public boolean wantsEveryIteration() {
            return true;
        }

        @Override
        public void onStarted(TrainingStarted event) {
            sinceThen.stop(waiting);
            sinceThen = Timer.start(registry);
            hasStarted = true;
        }

        @Override
        public void onIteration(IterationFinished event) {
            iterations.increment();
            loss = event.loss();
            iterationsPerSecond = event.iterationsPerSecond();
        }

        @Override
        public void onGap(GapMeasured event) {
            gap = event.gap();
        }

        @Override
        public void onFinished(TrainingFinished event) {
            ended("finished");
        }

        @Override
        public void onCancelled(TrainingCancelled event) {
            ended("cancelled");
        }

        @Override
        public void onFailed(TrainingFailed event) {
            ended("failed");
        }

        private void ended(String outcome) {
            iterationsPerSecond = 0;
            sinceThen.stop(hasStarted ? registry.timer("txt2lora.training", "outcome", outcome) : waiting);
        }
    }
}
