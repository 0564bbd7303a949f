package io.github.txt2lora.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract between an engine and its {@link TrainingListener}s. Extend it and pass a fixture to the constructor.
 */
@SuppressWarnings("exports") // who extends it has JUnit
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class TrainingListenerContract {

    private static final int ENDLESS = Integer.MAX_VALUE;
    private static final int PAUSES = 10;

    private final EngineFixture fixture;

    @SuppressWarnings("NullAway.Init") // before each test
    private EventLog log;

    @SuppressWarnings("NullAway.Init") // before all tests
    private TrainingEngine engine;

    @TempDir
    @SuppressWarnings("NullAway.Init") // before each test
    private Path folder;

    /** Tests the events of the fixture's engine. */
    protected TrainingListenerContract(EngineFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeAll
    void openEngine() {
        engine = fixture.open();
    }

    @BeforeEach
    void openLog() {
        log = new EventLog();
    }

    @AfterAll
    void closeEngine() {
        engine.close();
    }

    @Test
    void events_come_in_order_on_the_engines_thread() throws Exception {
        LoraTraining training = fixture.training(folder, 3);
        TrainedLora lora = engine.train(training, log);
        log.await(TrainingFinished.class);

        assertThat(log.names())
                .startsWith("TrainingStarted")
                .containsSubsequence("TrainingStarted", "ModelLoaded", "IterationFinished", "LoraSaved")
                .endsWith("LoraSaved", "TrainingFinished");
        assertThat(log.events()).startsWith(new TrainingStarted(training)).endsWith(new TrainingFinished(lora));
        assertThat(log.events(IterationFinished.class))
                .isSortedAccordingTo((a, b) -> Integer.compare(a.iteration(), b.iteration()))
                .last()
                .satisfies(last -> {
                    assertThat(last.iteration()).isEqualTo(3);
                    assertThat(last.iterations()).isEqualTo(3);
                    assertThat(last.loss()).isEqualTo(lora.losses().get(2));
                });
        assertThat(log.events(LoraSaved.class)).containsExactly(new LoraSaved(lora.file(), 3));
        assertThat(log.threads()).containsExactly("txt2lora-events");
    }

    @Test
    void settings_that_are_left_to_the_training_are_told_before_its_first_iteration() throws Exception {
        LoraTraining training = withSpec(
                fixture.training(folder, 1),
                spec -> spec.learningRate(OptionalDouble.empty())
                        .optimizer(Optional.empty())
                        .lora(LoraSpec.builder().build()));
        engine.train(training, log);
        log.await(TrainingFinished.class);

        assertThat(log.names())
                .containsSubsequence("ModelLoaded", "SettingsChosen", "IterationFinished")
                .containsOnlyOnce("SettingsChosen");
        double firstRate = log.events(IterationFinished.class).get(0).learningRate();
        assertThat(firstRate).isPositive();
        assertThat(log.events(SettingsChosen.class)).singleElement().satisfies(chosen -> {
            assertThat(chosen.iterations()).isEqualTo(1);
            assertThat(chosen.learningRate()).isEqualTo(firstRate);
            assertThat(chosen.reason())
                    .startsWith("Chosen: rank 4; optimizer AdamW; learning rate ")
                    .endsWith(", derived from the first gradients");
        });
    }

    @Test
    void iterations_that_are_left_to_the_training_are_told() throws Exception {
        LoraTraining training = withSpec(
                fixture.training(folder, 1),
                spec -> spec.iterations(OptionalInt.empty()).learningRate(0.25));
        TrainingJob job = engine.start(training, log);
        log.await(SettingsChosen.class);
        job.cancel(CancelMode.DISCARD);
        job.completion().handle((lora, failure) -> job).toCompletableFuture().get(1, TimeUnit.MINUTES);

        assertThat(job.progress().iterations()).isEqualTo(training.iterations());
        assertThat(log.events(SettingsChosen.class)).singleElement().satisfies(chosen -> {
            assertThat(chosen.iterations()).isEqualTo(training.iterations());
            assertThat(chosen.learningRate()).isEqualTo(0.25);
            assertThat(chosen.reason())
                    .startsWith("Chosen: " + training.iterations() + " iterations")
                    .doesNotContain("learning rate");
        });
    }

    @Test
    void nothing_is_told_of_settings_that_are_given() throws Exception {
        engine.train(
                withSpec(
                        fixture.training(folder, 1),
                        spec -> spec.learningRate(1e-3)
                                .optimizer(OptimizerSpec.adamW())
                                .lora(LoraSpec.builder().rank(4).build())),
                log);
        log.await(TrainingFinished.class);

        assertThat(log.events(SettingsChosen.class)).isEmpty();
    }

    private static LoraTraining withSpec(LoraTraining training, UnaryOperator<TrainingSpec.Builder> change) {
        return training.toBuilder()
                .spec(change.apply(training.spec().toBuilder()).build())
                .build();
    }

    @Test
    void a_failure_is_the_last_event() throws Exception {
        TrainingJob job = engine.start(fixture.failingTraining(folder), log);
        Throwable failure = job.completion()
                .handle((lora, thrown) -> thrown)
                .toCompletableFuture()
                .join();
        log.await(TrainingFailed.class);

        assertThat(log.names()).startsWith("TrainingStarted").endsWith("TrainingFailed");
        assertThat(log.events(TrainingFailed.class))
                .singleElement()
                .satisfies(event -> assertThat(event.failure()).isSameAs(failure));
    }

    @Test
    void a_job_that_never_left_the_queue_has_one_event() throws Exception {
        try (var queued = new JobInState(JobState.QUEUED, fixture, engine, folder)) {
            queued.job().cancel(CancelMode.KEEP);
            queued.log().await(TrainingCancelled.class);
            queued.releaseTheQueue();
            assertThat(engine.train(fixture.training(folder, 1)).iterations()).isEqualTo(1);

            assertThat(queued.log().events()).containsExactly(new TrainingCancelled(0, Optional.empty()));
        }
    }

    @Test
    void no_pause_is_lost_and_each_is_followed_by_its_end() throws Exception {
        var pauses = new TrainingListener() {
            private final List<TrainingEvent> seen = new ArrayList<>();
            private final CountDownLatch enough = new CountDownLatch(PAUSES);
            private final CompletableFuture<TrainingJob> job = new CompletableFuture<>();

            @Override
            public void onIteration(IterationFinished event) {
                job.join().pause();
            }

            @Override
            public void onPaused(TrainingPaused event) {
                seen.add(event);
                job.join().resume();
            }

            @Override
            public void onResumed(TrainingResumed event) {
                seen.add(event);
                enough.countDown();
            }
        };
        TrainingJob job = engine.start(fixture.training(folder, ENDLESS), pauses);
        pauses.job.complete(job);
        assertThat(pauses.enough.await(1, TimeUnit.MINUTES)).isTrue();
        job.cancel(CancelMode.DISCARD);

        for (int i = 0; i < 2 * PAUSES; i += 2) {
            assertThat(pauses.seen.get(i))
                    .isInstanceOfSatisfying(
                            TrainingPaused.class, paused -> assertThat(paused).isNotNull());
            int iteration = ((TrainingPaused) pauses.seen.get(i)).iteration();
            assertThat(pauses.seen.get(i + 1)).isEqualTo(new TrainingResumed(iteration));
        }
    }

    @Test
    void a_listener_that_throws_harms_neither_the_training_nor_other_listeners() throws Exception {
        TrainingListener exception = throwing(new IllegalStateException("thrown by a listener on purpose"));
        TrainingListener error = throwing(new StackOverflowError("thrown by a listener on purpose"));

        TrainedLora lora = engine.train(fixture.training(folder, 2), exception, error, log);
        log.await(TrainingFinished.class);

        assertThat(lora.iterations()).isEqualTo(2);
        assertThat(log.names()).startsWith("TrainingStarted").endsWith("TrainingFinished");
    }

    /** Also interrupts the thread that calls it. */
    private static TrainingListener throwing(Throwable failure) {
        return new TrainingListener() {
            @Override
            public void onEvent(TrainingEvent event) {
                Thread.currentThread().interrupt();
                TrainingListenerContract.<RuntimeException>throwUnchecked(failure);
            }
        };
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void throwUnchecked(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void a_blocked_listener_gets_the_newest_iteration_or_all_if_it_wants_them_and_every_other_event() throws Exception {
        var release = new CountDownLatch(1);
        TrainingListener blocked = new TrainingListener() {
            @Override
            public void onEvent(TrainingEvent event) {
                awaitUninterrupted(release);
                log.onEvent(event);
            }
        };
        LoraTraining saving = withSpec(
                fixture.training(folder, 5),
                spec -> spec.learningRate(1e-3)
                        .optimizer(OptimizerSpec.adamW())
                        .lora(LoraSpec.builder().rank(4).build())
                        .saving(what -> what.withEveryIterations(2)));

        var wanted = Collections.synchronizedList(new ArrayList<Integer>());
        TrainingListener wantingAll = new TrainingListener() {
            @Override
            public boolean wantsEveryIteration() {
                return true;
            }

            @Override
            public void onIteration(IterationFinished event) {
                wanted.add(event.iteration());
            }
        };

        TrainedLora lora = engine.train(saving, wantingAll, blocked);
        release.countDown();
        log.await(TrainingFinished.class);

        assertThat(lora.iterations()).isEqualTo(5);
        assertThat(log.names())
                .containsExactly(
                        "TrainingStarted",
                        "ModelLoaded",
                        "LoraSaved",
                        "LoraSaved",
                        "IterationFinished",
                        "LoraSaved",
                        "TrainingFinished");
        assertThat(log.events(LoraSaved.class)).extracting(LoraSaved::iteration).containsExactly(2, 4, 5);
        assertThat(log.events(IterationFinished.class))
                .extracting(IterationFinished::iteration)
                .containsExactly(5);
        assertThat(wanted).containsExactly(1, 2, 3, 4, 5);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_callback_may_cancel_its_own_training() throws Exception {
        var job = new CompletableFuture<TrainingJob>();
        var cancelling = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                job.join().cancel(CancelMode.KEEP);
            }
        };
        job.complete(engine.start(fixture.training(folder, ENDLESS), cancelling, log));

        TrainedLora lora = job.join().await();
        log.await(TrainingCancelled.class);

        assertThat(job.join().state()).isEqualTo(JobState.CANCELLED);
        assertThat(lora.iterations()).isPositive();
        assertThat(log.events())
                .contains(new LoraSaved(lora.file(), lora.iterations()))
                .endsWith(new TrainingCancelled(lora.iterations(), Optional.of(lora.file())));
    }

    @Test
    void a_callback_may_start_another_training() throws Exception {
        var next = new CompletableFuture<TrainingJob>();
        engine.train(fixture.training(folder.resolve("first"), 1), new TrainingListener() {
            @Override
            public void onFinished(TrainingFinished event) {
                next.complete(engine.start(fixture.training(folder.resolve("next"), 1), log));
            }
        });

        TrainedLora lora = next.get(1, TimeUnit.MINUTES).await();

        assertThat(lora.file().getParent()).isEqualTo(folder.resolve("next"));
        log.await(TrainingFinished.class);
        assertThat(log.names()).startsWith("TrainingStarted").endsWith("TrainingFinished");
    }

    @Test
    void completion_comes_after_the_last_event_and_may_use_the_engine() throws Exception {
        List<String> seen = engine.start(fixture.training(folder, 1), log)
                .completion()
                .thenApply(lora -> {
                    assertThat(engine.generate(fixture.picture())).hasSize(1);
                    return log.names();
                })
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES);

        assertThat(seen).endsWith("TrainingFinished");
    }

    @Test
    void the_last_event_arrives_before_closing_returns() throws Exception {
        TrainingEngine closing = fixture.open();
        closing.start(fixture.training(folder, ENDLESS), log);
        log.await(IterationFinished.class);

        closing.close();

        assertThat(log.names()).endsWith("TrainingCancelled");
        assertThat(log.events(TrainingCancelled.class))
                .singleElement()
                .satisfies(event -> assertThat(event.kept()).isEmpty());
    }
}
