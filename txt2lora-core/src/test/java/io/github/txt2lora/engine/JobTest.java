package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.JobState;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class JobTest {

    private static final int ENDLESS = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    private TrainingEngine engine;
    private final EventLog log = new EventLog();

    @BeforeEach
    void open() {
        engine = Tiny.engine();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @EnumSource(CancelMode.class)
    void queued_job_is_cancelled_at_once_and_leaves_nothing(CancelMode mode) throws Exception {
        var held = new Held(engine, folder.resolve("held"));
        TrainingJob job = engine.start(Tiny.training(folder.resolve("out"), 1), log);
        assertThat(job.state()).isEqualTo(JobState.QUEUED);

        job.cancel(mode);

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThatThrownBy(job::await)
                .isInstanceOf(TrainingCancelledException.class)
                .hasMessage("the training of krnkmd was cancelled before it began");
        held.release();
        engine.close();
        assertThat(log.events()).containsExactly(new TrainingCancelled(0, Optional.empty()));
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void running_job_keeps_what_was_trained_when_asked_to() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder, ENDLESS), log);
        log.await(IterationFinished.class);

        job.cancel(CancelMode.KEEP);
        TrainedLora lora = job.await();

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(lora.iterations()).isPositive().isEqualTo(lora.losses().size());
        assertThat(lora.metadata()).containsEntry("ss_steps", Integer.toString(lora.iterations()));
        assertThat(lora.file()).isRegularFile();
        engine.close();
        assertThat(log.names()).endsWith("LoraSaved", "StateSaved", "TrainingCancelled");
        assertThat(log.events(TrainingCancelled.class))
                .containsExactly(new TrainingCancelled(lora.iterations(), Optional.of(lora.file())));
    }

    @Test
    void running_job_leaves_nothing_when_discarded() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder.resolve("out"), ENDLESS), log);
        log.await(IterationFinished.class);

        job.cancel(CancelMode.DISCARD);

        assertThatThrownBy(job::await)
                .isInstanceOf(TrainingCancelledException.class)
                .hasMessageMatching("the training of krnkmd was cancelled after \\d+ iterations; nothing was saved");
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(CancelMode.class)
    void paused_job_is_cancelled_before_its_first_iteration(CancelMode mode) throws Exception {
        TrainingJob job = queuedAndPaused(ENDLESS);
        log.await(TrainingPaused.class);
        assertThat(job.state()).isEqualTo(JobState.PAUSED);

        job.cancel(mode);

        assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
        engine.close();
        assertThat(log.names()).containsExactly("TrainingStarted", "TrainingPaused", "TrainingCancelled");
    }

    @Test
    void paused_job_keeps_the_iterations_that_were_made() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder, ENDLESS), log);
        log.await(IterationFinished.class);
        job.pause();
        log.await(TrainingPaused.class);
        int made = log.events(TrainingPaused.class).get(0).iteration();
        assertThat(job.progress().iteration()).isEqualTo(made);

        job.cancel(CancelMode.KEEP);

        assertThat(job.await().iterations()).isEqualTo(made);
    }

    @Test
    void first_cancellation_wins() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder, ENDLESS), log);
        log.await(IterationFinished.class);

        job.cancel(CancelMode.KEEP);
        job.cancel(CancelMode.DISCARD);

        assertThat(job.await().file()).isRegularFile();
    }

    @Test
    void job_that_was_paused_in_the_queue_waits_for_its_turn_and_then_stands_still() throws Exception {
        TrainingJob job = queuedAndPaused(2);
        log.await(TrainingPaused.class);
        assertThat(job.progress().iteration()).isZero();
        assertThat(job.progress().remaining()).isEmpty();
        assertThat(job.await(Duration.ZERO)).isEmpty();

        job.resume();

        assertThat(job.await().iterations()).isEqualTo(2);
        assertThat(job.progress().fraction()).isEqualTo(1);
        engine.close();
        assertThat(log.names())
                .startsWith("TrainingStarted", "TrainingPaused", "TrainingResumed", "ModelLoaded")
                .endsWith("TrainingFinished");
        assertThat(log.events(TrainingResumed.class)).containsExactly(new TrainingResumed(0));
    }

    @Test
    void pause_that_is_taken_back_in_the_queue_leaves_no_trace() throws Exception {
        var held = new Held(engine, folder.resolve("held"));
        TrainingJob job = engine.start(Tiny.training(folder, 1), log);
        job.pause();
        job.resume();
        held.release();

        job.await();
        engine.close();
        assertThat(log.names()).doesNotContain("TrainingPaused", "TrainingResumed");
    }

    @Test
    void after_the_end_nothing_has_an_effect() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder, 1), log);
        TrainedLora lora = job.await();

        job.pause();
        job.cancel(CancelMode.DISCARD);
        job.resume();

        assertThat(job.state()).isEqualTo(JobState.FINISHED);
        assertThat(job.await()).isSameAs(lora);
        assertThat(job.await(Duration.ZERO)).containsSame(lora);
        assertThat(job.completion().toCompletableFuture().get(1, TimeUnit.MINUTES))
                .isSameAs(lora);
        assertThat(lora.file()).isRegularFile();
    }

    @Test
    void waiting_takes_any_length_of_time() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder, 1));

        assertThat(job.await(Duration.ofSeconds(Long.MAX_VALUE))).isPresent();
        assertThat(job.await(Duration.ofSeconds(Long.MIN_VALUE))).isPresent();
    }

    @Test
    void interrupted_waiter_does_not_harm_the_job() throws Exception {
        TrainingJob job = queuedAndPaused(1);
        log.await(TrainingPaused.class);
        var outcome = new CompletableFuture<Throwable>();
        var waiter = new Thread(() -> {
            try {
                job.await();
                outcome.complete(new AssertionError("it was not interrupted"));
            } catch (Throwable e) {
                outcome.complete(e);
            }
        });
        waiter.start();
        waiter.interrupt();

        assertThat(outcome.get(1, TimeUnit.MINUTES)).isInstanceOf(InterruptedException.class);
        job.resume();
        assertThat(job.await().iterations()).isEqualTo(1);
    }

    @Test
    void interrupted_starter_cancels_the_training_it_waits_for() throws Exception {
        var outcome = new CompletableFuture<Throwable>();
        var starter = new Thread(() -> {
            try {
                engine.train(Tiny.training(folder, ENDLESS), log);
            } catch (Throwable e) {
                outcome.complete(e);
            }
        });
        starter.start();
        log.await(TrainingStarted.class);
        starter.interrupt();

        assertThat(outcome.get(1, TimeUnit.MINUTES)).isInstanceOf(TrainingCancelledException.class);
        log.await(TrainingCancelled.class);
    }

    @Test
    void jobs_run_in_the_order_in_which_they_were_started() throws Exception {
        var held = new Held(engine, folder.resolve("held"));
        var order = new CopyOnWriteArrayList<String>();
        List<TrainingJob> jobs = List.of("a", "b", "c").stream()
                .map(name -> engine.start(
                        Tiny.training(folder, 1).toBuilder().name(name).build(), new TrainingListener() {
                            @Override
                            public void onStarted(TrainingStarted event) {
                                order.add(event.training().name());
                            }
                        }))
                .toList();
        held.release();
        for (TrainingJob job : jobs) {
            job.await();
        }
        engine.close();

        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    void closing_cancels_what_runs_and_what_waits() throws Exception {
        TrainingJob running = engine.start(Tiny.training(folder.resolve("running"), ENDLESS), log);
        log.await(IterationFinished.class);
        var queuedLog = new EventLog();
        TrainingJob queued = engine.start(Tiny.training(folder.resolve("queued"), 1), queuedLog);
        CompletableFuture<TrainedLora> completion = queued.completion().toCompletableFuture();

        engine.close();

        assertThat(running.state()).isEqualTo(JobState.CANCELLED);
        assertThat(queued.state()).isEqualTo(JobState.CANCELLED);
        assertThat(completion).isCompletedExceptionally();
        assertThat(running.completion().toCompletableFuture()).isCompletedExceptionally();
        assertThat(log.names()).endsWith("TrainingCancelled");
        assertThat(queuedLog.names()).containsExactly("TrainingCancelled");
        assertThat(folder.resolve("queued")).doesNotExist();
    }

    @Test
    void closing_ends_a_pause() throws Exception {
        TrainingJob job = queuedAndPaused(1);
        log.await(TrainingPaused.class);

        engine.close();

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void closing_gives_up_a_picture() throws Exception {
        var begun = new CountDownLatch(1);
        var outcome = new CompletableFuture<Throwable>();
        var held = new Held(engine, folder.resolve("held"));
        var painter = new Thread(() -> {
            begun.countDown();
            try {
                engine.generate(Tiny.picture().steps(1000).count(1000).build());
                outcome.complete(new AssertionError("it was drawn"));
            } catch (Throwable e) {
                outcome.complete(e);
            }
        });
        painter.start();
        begun.await();
        held.release();

        engine.close();

        assertThat(outcome.get(1, TimeUnit.MINUTES))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("engine is closed");
    }

    @Test
    void closed_engine_takes_nothing_new_and_may_be_closed_again() {
        engine.close();
        engine.close();

        assertThatThrownBy(() -> engine.start(Tiny.training(folder, 1)))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessage("the engine is closed; open another one with TrainingEngine.open()");
        assertThatThrownBy(() -> engine.generate(Tiny.picture().build()))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessage("the engine is closed; open another one with TrainingEngine.open()");
    }

    @Test
    @SuppressWarnings("NullAway") // callers are not bound to it
    void rejects_null() {
        assertThatThrownBy(() -> engine.start(null)).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> engine.generate(null)).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> engine.start(Tiny.training(folder, 1), log, null))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("listener");
    }

    /** A job that was paused while it was queued, and then got its turn. */
    private TrainingJob queuedAndPaused(int iterations) throws InterruptedException {
        var held = new Held(engine, folder.resolve("held"));
        TrainingJob job = engine.start(Tiny.training(folder, iterations), log);
        job.pause();
        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        held.release();
        return job;
    }
}
