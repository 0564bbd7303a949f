package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {

    @TempDir
    Path folder;

    @Test
    void events_come_in_order_with_what_happened() {
        var log = new EventLog();
        LoraTraining training = Tiny.training(folder, 2);
        TrainedLora lora;
        try (TrainingEngine engine = Tiny.engine()) {
            lora = engine.train(training, log);
        }

        assertThat(log.names())
                .containsSubsequence("TrainingStarted", "ModelLoaded", "IterationFinished", "LoraSaved")
                .endsWith("LoraSaved", "TrainingFinished");
        assertThat(log.threads()).containsExactly("txt2lora-events");
        assertThat(log.events(TrainingStarted.class)).containsExactly(new TrainingStarted(training));
        ModelLoaded loaded = log.events(ModelLoaded.class).get(0);
        assertThat(loaded.model()).isEqualTo("sd1-tiny.safetensors");
        assertThat(loaded.duration()).isPositive();
        List<IterationFinished> iterations = log.events(IterationFinished.class);
        IterationFinished last = iterations.get(iterations.size() - 1);
        assertThat(last.iteration()).isEqualTo(2);
        assertThat(last.iterations()).isEqualTo(2);
        assertThat(last.loss()).isEqualTo(lora.losses().get(1));
        assertThat(last.gradientNorm()).isPositive();
        assertThat(last.learningRate()).isEqualTo(1e-4);
        assertThat(last.iterationsPerSecond()).isPositive();
        assertThat(last.remaining()).isZero();
        assertThat(log.events(LoraSaved.class)).containsExactly(new LoraSaved(lora.file(), 2));
        assertThat(log.events(TrainingFinished.class)).containsExactly(new TrainingFinished(lora));
    }

    @Test
    void model_that_was_kept_loads_in_no_time() {
        var log = new EventLog();
        try (TrainingEngine engine = Tiny.engine()) {
            engine.train(Tiny.training(folder, 1));
            engine.train(Tiny.training(folder, 1), log);
        }

        assertThat(log.events(ModelLoaded.class))
                .extracting(ModelLoaded::duration)
                .containsExactly(Duration.ZERO);
    }

    @Test
    void listener_that_throws_harms_neither_the_training_nor_other_listeners() {
        var log = new EventLog();
        TrainingListener exception = failing(new IllegalStateException("of the listener"));
        TrainingListener error = failing(new StackOverflowError("of the listener"));
        try (TrainingEngine engine = Tiny.engine()) {
            engine.train(Tiny.training(folder, 1), exception, error, log);
        }

        assertThat(log.names()).startsWith("TrainingStarted").endsWith("TrainingFinished");
    }

    private static TrainingListener failing(Throwable failure) {
        return new TrainingListener() {
            @Override
            public void onEvent(TrainingEvent event) {
                Thread.currentThread().interrupt();
                EventsTest.<RuntimeException>sneakyThrow(failure);
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void slow_listener_gets_the_newest_iteration_and_every_other_event() throws Exception {
        var release = new CountDownLatch(1);
        var log = new EventLog() {
            @Override
            public void onEvent(TrainingEvent event) {
                awaitUninterrupted(release);
                super.onEvent(event);
            }
        };
        try (TrainingEngine engine = Tiny.engine()) {
            TrainedLora lora = engine.train(
                    Tiny.training(folder, Tiny.spec(5).saveEvery(2)).build(), log);
            assertThat(lora.iterations()).isEqualTo(5);
            release.countDown();
        }

        assertThat(log.names())
                .containsExactly(
                        "TrainingStarted",
                        "ModelLoaded",
                        "LoraSaved",
                        "LoraSaved",
                        "IterationFinished",
                        "LoraSaved",
                        "TrainingFinished");
        assertThat(log.events(IterationFinished.class).get(0).iteration()).isEqualTo(5);
    }

    @Test
    void callback_may_cancel() {
        var job = new CompletableFuture<TrainingJob>();
        var cancel = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                job.join().cancel(CancelMode.KEEP);
            }
        };
        try (TrainingEngine engine = Tiny.engine()) {
            TrainingJob started = engine.start(Tiny.training(folder, Integer.MAX_VALUE), cancel);
            job.complete(started);
            TrainedLora lora = started.completion().toCompletableFuture().join();

            assertThat(started.state()).isEqualTo(JobState.CANCELLED);
            assertThat(lora.iterations()).isPositive();
            assertThat(lora.file()).isRegularFile();
        }
    }

    @Test
    void callback_may_start_another_training() {
        var next = new CompletableFuture<TrainingJob>();
        try (TrainingEngine engine = Tiny.engine()) {
            engine.train(Tiny.training(folder.resolve("first"), 1), new TrainingListener() {
                @Override
                public void onFinished(TrainingFinished event) {
                    next.complete(engine.start(Tiny.training(folder.resolve("next"), 1)));
                }
            });
            TrainedLora lora = next.join().completion().toCompletableFuture().join();

            assertThat(lora.file()).isEqualTo(folder.resolve("next/krnkmd.safetensors"));
        }
    }

    @Test
    void completion_comes_after_the_last_event_and_may_use_the_engine() {
        var log = new EventLog();
        try (TrainingEngine engine = Tiny.engine()) {
            List<String> seen = engine.start(Tiny.training(folder, 1), log)
                    .completion()
                    .thenApply(lora -> {
                        assertThat(engine.generate(
                                        Tiny.picture().lora(lora.file(), 1).build()))
                                .hasSize(1);
                        return List.copyOf(log.names());
                    })
                    .toCompletableFuture()
                    .join();

            assertThat(seen).endsWith("TrainingFinished");
        }
    }

    @Test
    void completion_fails_with_the_exception_of_await() throws Exception {
        try (TrainingEngine engine = Tiny.engine()) {
            TrainingJob job = engine.start(Tiny.training(folder, Integer.MAX_VALUE));
            CompletableFuture<Throwable> failure =
                    job.completion().handle((lora, thrown) -> thrown).toCompletableFuture();
            job.cancel(CancelMode.DISCARD);

            assertThat(failure.get(1, TimeUnit.MINUTES)).isInstanceOf(TrainingCancelledException.class);
            assertThatThrownBy(job::await).isSameAs(failure.join());
        }
    }

    @Test
    void last_event_arrives_before_close_returns() {
        var log = new EventLog();
        TrainingEngine engine = Tiny.engine();
        engine.start(Tiny.training(folder, Integer.MAX_VALUE), log);
        engine.close();

        assertThat(log.names()).endsWith("TrainingCancelled");
        assertThat(log.events(TrainingCancelled.class))
                .singleElement()
                .satisfies(event -> assertThat(event.kept()).isEmpty());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
