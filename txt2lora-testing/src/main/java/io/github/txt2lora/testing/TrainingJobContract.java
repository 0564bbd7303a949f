package io.github.txt2lora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingResumed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract of every {@link TrainingJob}: each call in each state, and concurrent calls. Extend it and pass a
 * fixture to the constructor.
 */
@SuppressWarnings("exports") // who extends it has JUnit
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class TrainingJobContract {

    private static final int THREADS = 4;
    private static final int CALLS = 25;

    private final EngineFixture fixture;

    @SuppressWarnings("NullAway.Init") // before all tests
    private TrainingEngine engine;

    @TempDir
    @SuppressWarnings("NullAway.Init") // before each test
    private Path folder;

    /** Tests the jobs of the fixture's engine. */
    protected TrainingJobContract(EngineFixture fixture) {
        this.fixture = fixture;
    }

    /** The calls on a job. */
    enum Call {
        PAUSE,
        RESUME,
        KEEP,
        DISCARD,
        SUSPEND;

        void on(TrainingJob job) {
            switch (this) {
                case PAUSE -> job.pause();
                case RESUME -> job.resume();
                case KEEP -> job.cancel(CancelMode.KEEP);
                case DISCARD -> job.cancel(CancelMode.DISCARD);
                case SUSPEND -> job.cancel(CancelMode.SUSPEND);
            }
        }
    }

    @BeforeAll
    void openEngine() {
        engine = fixture.open();
    }

    @AfterAll
    void closeEngine() {
        engine.close();
    }

    @ParameterizedTest(name = "{1} when {0} leads to {2}")
    @CsvSource({
        "QUEUED,    PAUSE,   QUEUED",
        "QUEUED,    RESUME,  QUEUED",
        "QUEUED,    KEEP,    CANCELLED",
        "QUEUED,    DISCARD, CANCELLED",
        "QUEUED,    SUSPEND, CANCELLED",
        "RUNNING,   PAUSE,   PAUSED",
        "RUNNING,   RESUME,  RUNNING",
        "RUNNING,   KEEP,    CANCELLED",
        "RUNNING,   DISCARD, CANCELLED",
        "RUNNING,   SUSPEND, CANCELLED",
        "PAUSED,    PAUSE,   PAUSED",
        "PAUSED,    RESUME,  RUNNING",
        "PAUSED,    KEEP,    CANCELLED",
        "PAUSED,    DISCARD, CANCELLED",
        "PAUSED,    SUSPEND, CANCELLED",
        "FINISHED,  PAUSE,   FINISHED",
        "FINISHED,  RESUME,  FINISHED",
        "FINISHED,  KEEP,    FINISHED",
        "FINISHED,  DISCARD, FINISHED",
        "FINISHED,  SUSPEND, FINISHED",
        "CANCELLED, PAUSE,   CANCELLED",
        "CANCELLED, RESUME,  CANCELLED",
        "CANCELLED, KEEP,    CANCELLED",
        "CANCELLED, DISCARD, CANCELLED",
        "CANCELLED, SUSPEND, CANCELLED",
        "FAILED,    PAUSE,   FAILED",
        "FAILED,    RESUME,  FAILED",
        "FAILED,    KEEP,    FAILED",
        "FAILED,    DISCARD, FAILED",
        "FAILED,    SUSPEND, FAILED"
    })
    void call_in_state_leads_to_state(JobState state, Call call, JobState next) throws Exception {
        try (var prepared = new JobInState(state, fixture, engine, folder)) {
            TrainingJob job = prepared.job();
            assertThat(job.state()).isEqualTo(state);

            call.on(job);

            if (state != next) {
                awaitEntry(next, prepared.log(), job);
            }
            assertThat(job.state()).isEqualTo(next);
            assertThat(job.training().name()).isNotEmpty();
            assertThat(job.progress().iterations()).isEqualTo(job.training().iterations());
        }
    }

    private static void awaitEntry(JobState state, EventLog log, TrainingJob job) throws InterruptedException {
        switch (state) {
            case PAUSED -> log.await(TrainingPaused.class);
            case RUNNING -> log.await(TrainingResumed.class);
            default -> outcome(job);
        }
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void waiting_for_no_time_returns_at_once_in_every_state(JobState state) throws Exception {
        try (var prepared = new JobInState(state, fixture, engine, folder)) {
            TrainingJob job = prepared.job();
            switch (state) {
                case QUEUED, RUNNING, PAUSED ->
                    assertThat(job.await(Duration.ZERO)).isEmpty();
                case FINISHED -> assertThat(job.await(Duration.ZERO)).containsSame(job.await());
                case CANCELLED ->
                    assertThatThrownBy(() -> job.await(Duration.ZERO)).isInstanceOf(TrainingCancelledException.class);
                case FAILED ->
                    assertThat(catchThrowable(() -> job.await(Duration.ZERO)))
                            .isNotNull()
                            .isSameAs(catchThrowable(job::await));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void waiting_ends_with_the_job_whatever_its_state_and_as_completion_does(JobState state) throws Exception {
        try (var prepared = new JobInState(state, fixture, engine, folder)) {
            TrainingJob job = prepared.job();
            CompletableFuture<Object> completed = job.completion()
                    .handle((lora, failure) -> failure == null ? (Object) lora : failure)
                    .toCompletableFuture();
            FutureTask<Object> waiter = inThread(() -> outcome(job));
            FutureTask<Object> patientWaiter = inThread(() -> patientOutcome(job));

            job.cancel(CancelMode.DISCARD);

            Object end = waiter.get(1, TimeUnit.MINUTES);
            assertThat(patientWaiter.get(1, TimeUnit.MINUTES)).isSameAs(end);
            assertThat(completed.get(1, TimeUnit.MINUTES)).isSameAs(end);
            assertThat(end).isInstanceOf(endWhenDiscarded(state));
        }
    }

    private static Class<?> endWhenDiscarded(JobState state) {
        return switch (state) {
            case QUEUED, RUNNING, PAUSED, CANCELLED -> TrainingCancelledException.class;
            case FINISHED -> TrainedLora.class;
            case FAILED -> Txt2LoraException.class;
        };
    }

    @Test
    void waiting_takes_any_length_of_time() throws Exception {
        TrainingJob job = engine.start(fixture.training(folder, 1));

        assertThat(job.await(Duration.ofSeconds(Long.MAX_VALUE))).isPresent();
        assertThat(job.await(Duration.ofSeconds(Long.MIN_VALUE))).isPresent();
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"QUEUED", "RUNNING", "PAUSED"})
    void interrupting_who_waits_does_not_harm_the_job(JobState state) throws Exception {
        try (var prepared = new JobInState(state, fixture, engine, folder)) {
            var task = new FutureTask<Object>(() -> outcome(prepared.job()));
            var waiter = new Thread(task);
            waiter.start();
            waiter.interrupt();

            assertThatThrownBy(() -> task.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(InterruptedException.class);
            assertThat(prepared.job().state()).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"RUNNING", "PAUSED"})
    void kept_work_is_the_result(JobState state) throws Exception {
        try (var prepared = new JobInState(state, fixture, engine, folder)) {
            prepared.job().cancel(CancelMode.KEEP);
            prepared.job().cancel(CancelMode.DISCARD);

            TrainedLora lora = prepared.job().await();

            assertThat(prepared.job().state()).isEqualTo(JobState.CANCELLED);
            assertThat(lora.iterations()).isPositive().isEqualTo(lora.losses().size());
            assertThat(lora.iterations()).isEqualTo(prepared.job().progress().iteration());
            assertThat(lora.file())
                    .isEqualTo(prepared.job().training().loraFile())
                    .isRegularFile();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CancelMode.class,
            names = {"DISCARD", "SUSPEND"})
    void work_that_is_not_kept_leaves_no_lora(CancelMode mode) throws Exception {
        try (var prepared = new JobInState(JobState.RUNNING, fixture, engine, folder)) {
            prepared.job().cancel(mode);

            assertThatThrownBy(prepared.job()::await).isInstanceOf(TrainingCancelledException.class);
            assertThat(prepared.job().training().loraFile()).doesNotExist();
        }
    }

    @Test
    void a_queued_job_that_was_paused_stands_still_when_its_turn_comes() throws Exception {
        try (var prepared = new JobInState(JobState.QUEUED, fixture, engine, folder)) {
            TrainingJob job = prepared.job();
            job.pause();
            prepared.releaseTheQueue();
            prepared.log().await(TrainingPaused.class);
            assertThat(job.state()).isEqualTo(JobState.PAUSED);
            assertThat(job.progress().iteration()).isZero();
            assertThat(job.progress().remaining()).isEmpty();

            job.resume();

            prepared.log().await(IterationFinished.class);
            assertThat(prepared.log().names()).startsWith("TrainingStarted", "TrainingPaused", "TrainingResumed");
        }
    }

    @Test
    void a_pause_that_is_taken_back_in_the_queue_leaves_no_trace() throws Exception {
        try (var prepared = new JobInState(JobState.QUEUED, fixture, engine, folder)) {
            prepared.job().pause();
            prepared.job().resume();
            prepared.releaseTheQueue();

            prepared.log().await(IterationFinished.class);
            assertThat(prepared.log().names()).doesNotContain("TrainingPaused", "TrainingResumed");
        }
    }

    @Test
    void pauses_and_resumptions_from_several_threads_leave_a_job_that_goes_on() throws Exception {
        try (var prepared = new JobInState(JobState.RUNNING, fixture, engine, folder)) {
            TrainingJob job = prepared.job();
            atOnce(thread -> {
                for (int i = 0; i < CALLS; i++) {
                    job.pause();
                    assertThat(job.state()).isIn(JobState.RUNNING, JobState.PAUSED);
                    job.resume();
                }
            });

            job.resume();
            awaitIterationAfter(job.progress().iteration(), job);
            job.cancel(CancelMode.KEEP);

            assertThat(job.await().iterations()).isPositive();
            prepared.log().await(TrainingCancelled.class);
            assertThat(prepared.log().events(TrainingResumed.class))
                    .hasSameSizeAs(prepared.log().events(TrainingPaused.class));
        }
    }

    /** Only an endless training that continues lets this return. */
    private static void awaitIterationAfter(int iteration, TrainingJob job) {
        while (job.progress().iteration() <= iteration) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"QUEUED", "RUNNING", "PAUSED"})
    void calls_of_all_kinds_from_several_threads_end_a_job_once(JobState state) throws Exception {
        try (var prepared = new JobInState(state, fixture, engine, folder)) {
            TrainingJob job = prepared.job();
            List<Object> ends = new ArrayList<>();
            List<FutureTask<Object>> waiters = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                waiters.add(inThread(() -> outcome(job)));
            }

            atOnce(thread -> {
                List<Call> calls = new ArrayList<>(List.of(Call.values()));
                Collections.rotate(calls, thread);
                calls.forEach(call -> call.on(job));
            });

            for (FutureTask<Object> waiter : waiters) {
                ends.add(waiter.get(1, TimeUnit.MINUTES));
            }
            assertThat(ends).allSatisfy(end -> assertThat(end).isSameAs(ends.get(0)));
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
            prepared.log().await(TrainingCancelled.class);
            List<TrainingCancelled> last = prepared.log().events(TrainingCancelled.class);
            assertThat(last).hasSize(1);
            assertThat(last.get(0).kept().isPresent()).isEqualTo(ends.get(0) instanceof TrainedLora);
        }
    }

    private static void atOnce(ThreadCalls calls) throws Exception {
        var start = new CyclicBarrier(THREADS);
        List<FutureTask<Object>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            threads.add(inThread(() -> {
                start.await();
                calls.make(thread);
                return thread;
            }));
        }
        for (FutureTask<Object> thread : threads) {
            thread.get(1, TimeUnit.MINUTES);
        }
    }

    /** The call of one of several threads. */
    private interface ThreadCalls {
        void make(int thread);
    }

    private static FutureTask<Object> inThread(Callable<Object> action) throws InterruptedException {
        var started = new CountDownLatch(1);
        var task = new FutureTask<Object>(() -> {
            started.countDown();
            return action.call();
        });
        new Thread(task).start();
        started.await();
        return task;
    }

    /** The LoRA, or the exception. */
    private static Object outcome(TrainingJob job) throws InterruptedException {
        try {
            return job.await();
        } catch (Txt2LoraException e) {
            return e;
        }
    }

    private static Object patientOutcome(TrainingJob job) throws InterruptedException {
        try {
            return job.await(Duration.ofMinutes(1)).orElseThrow();
        } catch (Txt2LoraException e) {
            return e;
        }
    }
}
