package io.github.txt2lora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.LoraQuality.Recognition;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of every {@link TrainingEngine}. Extend it and pass a fixture to the constructor. */
@SuppressWarnings("exports") // who extends it has JUnit
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class TrainingEngineContract {

    private static final int ENDLESS = Integer.MAX_VALUE;

    private final EngineFixture fixture;
    private final EventLog log = new EventLog();

    @SuppressWarnings("NullAway.Init") // before each test
    private TrainingEngine engine;

    @TempDir
    @SuppressWarnings("NullAway.Init") // before each test
    private Path folder;

    /** Tests the fixture's engine. */
    protected TrainingEngineContract(EngineFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void openEngine() {
        engine = fixture.open();
    }

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    @Test
    void trains_and_says_what_came_out() throws Exception {
        LoraTraining training = fixture.training(folder, 2);

        TrainingJob job = engine.start(training);
        TrainedLora lora = job.await();

        assertThat(job.training()).isSameAs(training);
        assertThat(job.state()).isEqualTo(JobState.FINISHED);
        assertThat(job.progress().fraction()).isEqualTo(1);
        assertThat(lora.name()).isEqualTo(training.name());
        assertThat(lora.file()).isEqualTo(training.loraFile()).isRegularFile();
        assertThat(lora.iterations()).isEqualTo(2);
        assertThat(lora.losses()).hasSize(2).last().isEqualTo(job.progress().loss());
    }

    @Test
    void a_training_on_several_models_loads_each_and_makes_one_lora() throws Exception {
        LoraTraining onOne = fixture.training(folder, 2);
        ModelSource other = fixture.otherModel(folder);
        LoraTraining training = onOne.toBuilder().alsoOn(other).build();
        var log = new EventLog();

        TrainedLora lora = engine.train(training, log);
        log.await(TrainingFinished.class);

        assertThat(lora.losses()).hasSize(2);
        assertThat(log.events(ModelLoaded.class).stream().map(ModelLoaded::model))
                .containsExactlyInAnyOrder(onOne.model().displayName(), other.displayName());
    }

    @Test
    void trainings_run_in_the_order_in_which_they_were_started_also_after_one_that_fails() throws Exception {
        var order = new CopyOnWriteArrayList<Path>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void onStarted(TrainingStarted event) {
                order.add(event.training().output().getFileName());
            }
        };
        List<TrainingJob> jobs = new ArrayList<>();
        try (var first = new JobInState(JobState.QUEUED, fixture, engine, folder)) {
            jobs.add(engine.start(fixture.training(folder.resolve("a"), 1), listener));
            jobs.add(engine.start(fixture.failingTraining(folder.resolve("b")), listener));
            jobs.add(engine.start(fixture.training(folder.resolve("c"), 1), listener));
            assertThat(jobs).extracting(TrainingJob::state).containsOnly(JobState.QUEUED);
            assertThat(first.job().state()).isEqualTo(JobState.QUEUED);
        }

        assertThat(jobs.get(2).await().iterations()).isEqualTo(1);
        engine.close();
        assertThat(order).containsExactly(Path.of("a"), Path.of("b"), Path.of("c"));
        assertThat(jobs)
                .extracting(TrainingJob::state)
                .containsExactly(JobState.FINISHED, JobState.FAILED, JobState.FINISHED);
    }

    @Test
    void trainings_that_are_started_together_each_end_in_their_own_way() throws Exception {
        LoraTraining first = fixture.training(folder.resolve("a"), 2);
        LoraTraining failing = fixture.failingTraining(folder.resolve("b"));
        LoraTraining last = fixture.training(folder.resolve("c"), 3);
        Map<LoraTraining, EventLog> logs = Map.of(first, new EventLog(), failing, new EventLog(), last, new EventLog());

        List<TrainingJob> jobs = engine.startTogether(
                List.of(first, failing, last), training -> Objects.requireNonNull(logs.get(training)));

        assertThat(jobs).extracting(TrainingJob::training).containsExactly(first, failing, last);
        assertThat(jobs.get(0).await().iterations()).isEqualTo(2);
        assertThatThrownBy(() -> jobs.get(1).await()).isInstanceOf(Txt2LoraException.class);
        assertThat(jobs.get(2).await().iterations()).isEqualTo(3);
        engine.close();
        assertThat(Objects.requireNonNull(logs.get(first)).names())
                .startsWith("TrainingStarted")
                .endsWith("TrainingFinished");
        assertThat(Objects.requireNonNull(logs.get(failing)).names()).endsWith("TrainingFailed");
        // of iterations, a listener that is slow is told the last
        assertThat(Objects.requireNonNull(logs.get(last)).events(IterationFinished.class))
                .last()
                .extracting(IterationFinished::iteration)
                .isEqualTo(3);
        assertThatThrownBy(() -> engine.startTogether(List.of(first)))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("closed");
    }

    @ParameterizedTest
    @EnumSource(
            value = CancelMode.class,
            names = {"SUSPEND", "KEEP"})
    void a_training_that_is_cancelled_goes_on_from_its_state(CancelMode mode) throws Exception {
        LoraTraining training = fixture.training(folder, ENDLESS);
        int made = cancelAfterAnIteration(training, mode);
        List<StateSaved> saved = log.events(StateSaved.class);
        assertThat(saved)
                .last()
                .isEqualTo(new StateSaved(folder.resolve(training.name() + "-" + made + ".state"), made));
        assertThat(log.names()).endsWith("StateSaved", "TrainingCancelled");

        var again = new EventLog();
        TrainedLora lora = engine.train(withIterations(training, made + 1), again);

        assertThat(lora.iterations()).isEqualTo(made + 1);
        assertThat(lora.losses()).hasSize(made + 1);
        engine.close();
        assertThat(again.events(StateRestored.class))
                .containsExactly(new StateRestored(saved.get(saved.size() - 1).file(), made));
        assertThat(again.events(IterationFinished.class))
                .extracting(IterationFinished::iteration)
                .containsExactly(made + 1);
        assertThat(again.names()).containsSubsequence("ModelLoaded", "StateRestored", "IterationFinished");
    }

    @Test
    void a_training_that_is_discarded_leaves_no_state() throws Exception {
        LoraTraining training = fixture.training(folder, ENDLESS);
        cancelAfterAnIteration(training, CancelMode.SUSPEND);
        cancelAfterAnIteration(training, CancelMode.DISCARD);

        var again = new EventLog();
        engine.train(withIterations(training, 1), again);

        engine.close();
        assertThat(again.events(StateRestored.class)).isEmpty();
        assertThat(again.events(IterationFinished.class))
                .extracting(IterationFinished::iteration)
                .containsExactly(1);
    }

    @Test
    void a_state_that_is_required_and_missing_is_a_failure() {
        LoraTraining training = fixture.training(folder, 1);
        TrainingSpec spec = training.spec();
        LoraTraining required = training.toBuilder()
                .spec(spec.toBuilder()
                        .saving(saving ->
                                saving.withStates(spec.saving().states().withResume(Resume.REQUIRED)))
                        .build())
                .build();

        assertThatThrownBy(() -> engine.train(required))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("resume is REQUIRED, but there is no state ");
    }

    /** Cancels after an iteration and returns the number of completed ones. */
    private int cancelAfterAnIteration(LoraTraining training, CancelMode mode) throws InterruptedException {
        var iterated = new CountDownLatch(1);
        TrainingJob job = engine.start(training, log, new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                iterated.countDown();
            }
        });
        iterated.await();
        job.cancel(mode);
        var ended = new CountDownLatch(1);
        job.completion().whenComplete((lora, failure) -> ended.countDown());
        ended.await();
        return job.progress().iteration();
    }

    private static LoraTraining withIterations(LoraTraining training, int iterations) {
        return training.toBuilder()
                .spec(training.spec().toBuilder().iterations(iterations).build())
                .build();
    }

    @Test
    void a_file_has_one_training_at_a_time() throws Exception {
        try (var running = new JobInState(JobState.RUNNING, fixture, engine, folder)) {
            LoraTraining other = fixture.training(folder.resolve("other"), 1);
            LoraTraining same = fixture.training(running.job().training().output(), 1);
            String[] names = {
                "the training of " + same.name() + " cannot start",
                same.loraFile().toString()
            };

            assertThatThrownBy(() -> engine.start(same))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContainingAll(names)
                    .hasMessageContaining("is being produced by the training of "
                            + running.job().training().name() + " in this program");
            assertThatThrownBy(() -> engine.startTogether(List.of(other, same)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContainingAll(names);
            assertThat(other.output())
                    .as("what is left of those refused with it")
                    .doesNotExist();
            assertThat(running.job().state()).isEqualTo(JobState.RUNNING);

            running.job().cancel(CancelMode.DISCARD);
            assertThatThrownBy(running.job()::await).isInstanceOf(TrainingCancelledException.class);
            assertThat(engine.start(same).await().iterations()).isEqualTo(1);
            assertThat(engine.start(same).await().file()).isEqualTo(same.loraFile());
        }
    }

    @Test
    void a_queued_training_has_its_file_already_also_by_another_path_to_it() throws Exception {
        try (var queued = new JobInState(JobState.QUEUED, fixture, engine, folder)) {
            Path output = Files.createDirectories(queued.job().training().output());
            Path detour = Files.createDirectories(folder.resolve("detour"));
            LoraTraining same = fixture.training(detour.resolve("..").resolve(output.getFileName()), 1);
            assertThatThrownBy(() -> engine.start(same)).isInstanceOf(StorageException.class);
        }
    }

    @Test
    void trainings_of_the_same_file_are_not_started_together() {
        LoraTraining training = fixture.training(folder.resolve("a"), 1);

        assertThatThrownBy(() -> engine.startTogether(List.of(training, training)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is being produced by the training of " + training.name());
        assertThat(training.output()).doesNotExist();
    }

    @Test
    void targets_are_recognized_in_images_where_that_is_asked_for() {
        LoraTraining training = fixture.training(folder, 1);
        TrainingSpec.Builder spec = training.spec().toBuilder()
                .stopping(stopping -> stopping.withMeasureQuality(true).withRecognitionImages(3));

        LoraQuality quality = engine.train(
                        training.toBuilder().spec(spec.build()).build())
                .quality()
                .orElseThrow();

        assertThat(quality.recognitions())
                .extracting(Recognition::target)
                .containsExactlyElementsOf(training.prompts().stream()
                        .filter(pair -> !pair.preserves())
                        .map(PromptPair::target)
                        .toList());
        assertThat(quality.recognitions())
                .extracting(Recognition::share)
                .allSatisfy(share -> assertThat(share).isBetween(0.0, 1.0));
    }

    @Test
    void training_ends_early_when_its_rule_says_so_and_tells_what_was_measured() throws Exception {
        LoraTraining training = fixture.training(folder, 10);
        TrainingSpec spec = training.spec().toBuilder()
                .stopping(stopping -> stopping.withRule(StopRule.gapBelow(1000).withEveryIterations(2))
                        .withMeasureQuality(true))
                .build();

        TrainingJob job = engine.start(training.toBuilder().spec(spec).build(), log);
        TrainedLora lora = job.await();

        assertThat(job.state()).isEqualTo(JobState.FINISHED);
        assertThat(lora.iterations()).isEqualTo(2);
        assertThat(lora.quality())
                .hasValueSatisfying(quality ->
                        assertThat(quality.gaps()).extracting(Gap::iteration).containsExactly(2));
        engine.close();
        assertThat(log.events(GapMeasured.class))
                .extracting(GapMeasured::iteration)
                .containsExactly(2);
        assertThat(log.names()).endsWith("GapMeasured", "LoraSaved", "TrainingFinished");
    }

    @Test
    void train_throws_what_the_training_fails_with() {
        assertThatThrownBy(() -> engine.train(fixture.failingTraining(folder)))
                .isInstanceOf(Txt2LoraException.class)
                .isNotInstanceOf(TrainingCancelledException.class);
    }

    @Test
    void who_starts_and_waits_cancels_the_training_by_being_interrupted() throws Exception {
        var interrupted = new CompletableFuture<Boolean>();
        var task = new FutureTask<>(() -> {
            try {
                return engine.train(fixture.training(folder, ENDLESS), log);
            } finally {
                interrupted.complete(Thread.currentThread().isInterrupted());
            }
        });
        var starter = new Thread(task);
        starter.start();
        log.await(TrainingStarted.class);
        starter.interrupt();

        assertThatThrownBy(() -> task.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(TrainingCancelledException.class);
        assertThat(interrupted.join()).isTrue();
        log.await(TrainingCancelled.class);
    }

    @Test
    void estimates_what_a_training_takes_and_starts_nothing() {
        LoraTraining training = fixture.training(folder.resolve("estimated"), 10);

        TrainingEstimate estimate = engine.estimate(training, 1);

        assertThat(estimate.family()).isNotEmpty();
        assertThat(estimate.unetParameters()).isPositive();
        assertThat(estimate.memoryBytes()).isPositive();
        assertThat(estimate.shortage()).isEmpty();
        assertThat(estimate.loraBytes()).isPositive();
        assertThat(estimate.diskBytes()).isEqualTo(estimate.loraBytes() + estimate.stateBytes());
        assertThat(engine.estimate(withIterations(training, 1000), 1).evaluations())
                .isGreaterThan(estimate.evaluations());
        assertThat(training.output()).doesNotExist();
        assertThatThrownBy(() -> engine.estimate(training, 0))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("together is 0; expected");
    }

    @Test
    void an_estimate_does_not_wait_for_trainings() throws Exception {
        try (var before = new JobInState(JobState.PAUSED, fixture, engine, folder)) {
            assertThat(engine.estimate(before.job().training(), 2).memoryBytes())
                    .isGreaterThanOrEqualTo(
                            engine.estimate(before.job().training(), 1).memoryBytes());
            assertThat(before.job().state()).isEqualTo(JobState.PAUSED);
        }
    }

    @Test
    void draws_pictures_with_consecutive_seeds_and_reports_to_the_calling_thread() {
        ImageRequest request = fixture.picture().toBuilder().count(2).seed(7).build();
        List<ImageProgress> reports = new ArrayList<>();

        List<GeneratedImage> images = engine.generate(request, progress -> {
            assertThat(Thread.currentThread().getName()).doesNotStartWith("txt2lora");
            reports.add(progress);
        });

        assertThat(images).extracting(GeneratedImage::seed).containsExactly(7L, 8L);
        assertThat(images).allSatisfy(image -> {
            assertThat(image.image().getWidth()).isEqualTo(request.width());
            assertThat(image.image().getHeight()).isEqualTo(request.height());
        });
        long steps = 2L * request.steps();
        assertThat(reports).last().isEqualTo(new ImageProgress(steps, steps));
    }

    @Test
    void pictures_are_drawn_while_a_training_of_their_model_runs() throws Exception {
        try (var running = new JobInState(JobState.RUNNING, fixture, engine, folder)) {
            assertThat(engine.generate(fixture.picture())).hasSize(1);
            assertThat(engine.generate(fixture.picture())).hasSize(1);

            assertThat(running.job().state()).isEqualTo(JobState.RUNNING);
            assertThat(running.log().names()).doesNotContain("TrainingPaused");
        }
    }

    @Test
    void pictures_are_drawn_while_a_training_of_their_model_is_paused() throws Exception {
        try (var paused = new JobInState(JobState.PAUSED, fixture, engine, folder)) {
            int iteration = paused.job().progress().iteration();

            assertThat(engine.generate(fixture.picture())).hasSize(1);
            assertThat(engine.generate(fixture.picture())).hasSize(1);

            assertThat(paused.job().state()).isEqualTo(JobState.PAUSED);
            assertThat(paused.job().progress().iteration()).isEqualTo(iteration);
        }
    }

    @Test
    void a_picture_listener_that_throws_does_no_harm_to_a_running_training() throws Exception {
        var failure = new IllegalStateException("thrown by a listener on purpose");
        try (var running = new JobInState(JobState.RUNNING, fixture, engine, folder)) {
            assertThatThrownBy(() -> engine.generate(fixture.picture(), progress -> {
                        throw failure;
                    }))
                    .isSameAs(failure);

            assertThat(engine.generate(fixture.picture())).hasSize(1);
            assertThat(running.job().state()).isEqualTo(JobState.RUNNING);
        }
    }

    @Test
    void a_training_draws_previews_between_its_iterations() throws Exception {
        LoraTraining training = fixture.training(folder, 4).toBuilder()
                .preview(PreviewSpec.every(2).toBuilder()
                        .seeds(List.of(7L, 8L))
                        .steps(1)
                        .mostShare(1)
                        .build())
                .build();

        engine.train(training, log);
        log.await(TrainingFinished.class);

        List<PreviewDrawn> previews = log.events(PreviewDrawn.class);
        assertThat(previews).extracting(PreviewDrawn::iteration).containsExactly(2, 4);
        assertThat(previews).allSatisfy(preview -> {
            assertThat(preview.images()).extracting(GeneratedImage::seed).containsExactly(7L, 8L);
            assertThat(preview.images())
                    .extracting(image -> image.image().getWidth())
                    .containsOnly(training.prompts().get(0).width());
            assertThat(preview.files())
                    .containsExactly(
                            training.preview().file(training, preview.iteration(), 0),
                            training.preview().file(training, preview.iteration(), 1))
                    .allSatisfy(file -> assertThat(file).isRegularFile());
        });
        assertThat(log.names()).endsWith("TrainingFinished");
    }

    @Test
    void what_a_picture_listener_throws_comes_out_and_harms_nothing() {
        var failure = new IllegalStateException("thrown by a listener on purpose");

        assertThatThrownBy(() -> engine.generate(fixture.picture(), progress -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(engine.generate(fixture.picture())).hasSize(1);
    }

    @Test
    void closing_cancels_what_runs_and_what_waits() throws Exception {
        TrainingJob running = engine.start(fixture.training(folder.resolve("running"), ENDLESS), log);
        TrainingJob queued = engine.start(fixture.training(folder.resolve("queued"), 1));
        CompletableFuture<TrainedLora> completion = queued.completion().toCompletableFuture();
        log.await(IterationFinished.class);

        engine.close();

        assertThat(running.state()).isEqualTo(JobState.CANCELLED);
        assertThat(queued.state()).isEqualTo(JobState.CANCELLED);
        assertThat(completion).isCompletedExceptionally();
        assertThat(running.completion().toCompletableFuture()).isCompletedExceptionally();
        assertThat(running.training().loraFile()).doesNotExist();
        assertThat(queued.training().output()).doesNotExist();
    }

    @Test
    void closing_ends_a_pause() throws Exception {
        try (var paused = new JobInState(JobState.PAUSED, fixture, engine, folder)) {
            engine.close();

            assertThat(paused.job().state()).isEqualTo(JobState.CANCELLED);
        }
    }

    @Test
    void closing_ends_the_wait_for_a_picture() throws Exception {
        var begun = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        ImageRequest many = fixture.picture().toBuilder().steps(1000).count(100).build();
        var drawing = new FutureTask<>(() -> engine.generate(many, progress -> {
            begun.countDown();
            awaitUninterrupted(closed);
        }));
        try (var before = new JobInState(JobState.PAUSED, fixture, engine, folder)) {
            new Thread(drawing).start();
            begun.await();
            assertThat(before.job().state()).isEqualTo(JobState.PAUSED);

            engine.close();
            closed.countDown();
        }

        assertThatThrownBy(() -> drawing.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(Txt2LoraException.class);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closing_again_and_from_several_threads_does_nothing_more() throws Exception {
        engine.start(fixture.training(folder, ENDLESS), log);
        List<FutureTask<Boolean>> closings = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            var closing = new FutureTask<>(engine::close, true);
            closings.add(closing);
            new Thread(closing).start();
        }

        for (FutureTask<Boolean> closing : closings) {
            assertThat(closing.get(1, TimeUnit.MINUTES)).isTrue();
        }
        engine.close();
        assertThat(log.events(TrainingCancelled.class)).hasSize(1);
    }

    @Test
    void a_closed_engine_takes_nothing_new() {
        engine.close();

        assertThatThrownBy(() -> engine.start(fixture.training(folder, 1)))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> engine.generate(fixture.picture()))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> engine.estimate(fixture.training(folder, 1), 1))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("closed");
    }

    @Test
    @SuppressWarnings("NullAway") // callers are not bound to it
    void rejects_null() {
        assertThatThrownBy(() -> engine.start(null)).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> engine.generate(null)).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> engine.estimate(null, 1)).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> engine.start(fixture.training(folder, 1), log, null))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("listener");
        try (var running = new JobInState(JobState.RUNNING, fixture, engine, folder)) {
            assertThatThrownBy(() -> running.job().cancel(null)).isInstanceOf(InvalidSettingException.class);
            running.job().cancel(CancelMode.DISCARD);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
