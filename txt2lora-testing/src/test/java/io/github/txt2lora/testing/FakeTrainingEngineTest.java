package io.github.txt2lora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FakeTrainingEngineTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private final EventLog log = new EventLog();

    private LoraTraining training(int iterations) {
        return FakeFixture.training("krnkmd", folder, iterations);
    }

    @Test
    void follows_its_script_and_writes_nothing() {
        try (var engine = FakeTrainingEngine.builder()
                .losses(0.9, 0.5, 0.2)
                .warnings("a prompt is too long")
                .build()) {
            TrainedLora lora = engine.train(training(4), log);

            assertThat(lora.losses()).containsExactly(0.9, 0.5, 0.2, 0.2);
            assertThat(lora.warnings()).containsExactly("a prompt is too long");
            assertThat(lora.metadata()).containsEntry("ss_output_name", "krnkmd");
        }
        assertThat(log.events(TrainingWarning.class)).containsExactly(new TrainingWarning("a prompt is too long"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void downloads_as_its_script_says_while_the_model_loads() {
        var clock = VirtualClock.stopped();
        try (var engine = FakeTrainingEngine.builder()
                .clock(clock)
                .loadTime(SECOND.multipliedBy(3))
                .download(1_000, 4_000)
                .build()) {
            engine.start(training(1), log);

            clock.advance(SECOND);
            assertThat(log.events(ModelDownloading.class)).hasSize(1);
            clock.advance(SECOND);
            assertThat(log.events(ModelDownloading.class))
                    .containsExactly(
                            new ModelDownloading("model.safetensors", 1_000, OptionalLong.of(4_000)),
                            new ModelDownloading("model.safetensors", 4_000, OptionalLong.of(4_000)));
            assertThat(log.events(ModelLoaded.class)).isEmpty();
            clock.advance(SECOND);
            assertThat(log.events(ModelLoaded.class)).hasSize(1);
        }
    }

    @Test
    void goes_back_once_where_its_script_says_so() {
        try (var engine = FakeTrainingEngine.builder()
                .losses(0.9, 0.5, 0.2)
                .recoverAt(3, "the loss is NaN", 1)
                .build()) {
            TrainedLora lora = engine.train(training(4), log);

            assertThat(lora.losses()).containsExactly(0.9, 0.5, 0.2, 0.2);
        }
        assertThat(log.events(TrainingRecovered.class))
                .containsExactly(new TrainingRecovered(3, "the loss is NaN", 1, 1));
    }

    @Test
    void goes_on_from_the_states_of_an_earlier_engine() throws InterruptedException {
        var clock = VirtualClock.stopped();
        var first =
                FakeTrainingEngine.builder().clock(clock).iterationTime(SECOND).build();
        try (first) {
            first.start(training(4));
            clock.advance(SECOND.multipliedBy(3));
        }
        try (var second = FakeTrainingEngine.builder().states(first.states()).build()) {
            assertThat(second.train(training(4), log).losses()).hasSize(4);
        }

        assertThat(log.events(StateRestored.class))
                .containsExactly(new StateRestored(folder.resolve("krnkmd-3.state"), 3));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saves_states_when_they_are_due() {
        LoraTraining training = training(5);
        LoraTraining timed = training.toBuilder()
                .spec(training.spec().toBuilder()
                        .saving(saving -> saving.withStates(StateSpec.every(SECOND.multipliedBy(2))))
                        .build())
                .build();
        try (var engine = FakeTrainingEngine.builder().iterationTime(SECOND).build()) {
            engine.train(timed, log);
        }

        assertThat(log.events(StateSaved.class))
                .extracting(StateSaved::iteration)
                .containsExactly(2, 4);
    }

    @Test
    void state_of_another_training_is_left_alone_with_a_warning() {
        LoraTraining training = training(2);
        LoraTraining other = training.toBuilder()
                .spec(training.spec().toBuilder().seed(7).build())
                .build();
        try (var engine = FakeTrainingEngine.builder().build()) {
            engine.train(training);
            assertThat(engine.train(other, log).losses()).hasSize(2);
        }

        assertThat(log.events(StateRestored.class)).isEmpty();
        assertThat(log.events(TrainingWarning.class))
                .containsExactly(new TrainingWarning("the state " + folder.resolve("krnkmd-2.state")
                        + " is of another training. The training starts over"));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "not everybody may make links there")
    void a_file_that_is_reached_through_a_link_to_its_folder_is_the_same_one() throws IOException {
        Path output = Files.createDirectory(folder.resolve("out"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), output);
        try (var engine = FakeTrainingEngine.builder()
                .clock(VirtualClock.stopped())
                .iterationTime(SECOND)
                .build()) {
            engine.start(FakeFixture.training("krnkmd", output, 1));

            assertThatThrownBy(() -> engine.start(FakeFixture.training("krnkmd", link, 1)))
                    .isInstanceOf(StorageException.class);
        }
    }

    @Test
    void remembers_what_it_was_asked_for() {
        ImageRequest request = new FakeFixture().picture();
        var engine = FakeTrainingEngine.builder().build();
        try (engine) {
            engine.train(training(1));
            engine.generate(request);
            assertThat(engine.isClosed()).isFalse();
        }

        assertThat(engine.trainings()).containsExactly(training(1));
        assertThat(engine.requests()).containsExactly(request);
        assertThat(engine.isClosed()).isTrue();
    }

    @Test
    void fails_where_the_script_says() {
        var onLoad = new CheckpointException("not a model");
        var at = new TrainingFailedException("the loss is NaN");
        var onSave = new StorageException("the disk is full");
        try (var engine = FakeTrainingEngine.builder()
                .scriptFor("load", TrainingScript.smooth().failOnLoad(onLoad))
                .scriptFor("iteration", TrainingScript.smooth().failAt(3, at))
                .scriptFor("save", TrainingScript.smooth().failOnSave(onSave))
                .build()) {
            assertThatThrownBy(() -> engine.train(FakeFixture.training("load", folder, 5), log))
                    .isSameAs(onLoad);
            TrainingJob job = engine.start(FakeFixture.training("iteration", folder, 5));
            assertThatThrownBy(job::await).isSameAs(at);
            assertThat(job.progress().iteration()).isEqualTo(2);
            assertThatThrownBy(() -> engine.train(FakeFixture.training("save", folder, 5)))
                    .isSameAs(onSave);
            assertThat(engine.train(training(5)).iterations()).isEqualTo(5);
        }
        assertThat(log.names()).containsExactly("TrainingStarted", "TrainingFailed");
    }

    @Test
    void a_stopped_clock_lets_a_test_see_each_moment() throws Exception {
        var clock = VirtualClock.stopped();
        try (var engine = FakeTrainingEngine.builder()
                .clock(clock)
                .losses(0.9, 0.5)
                .loadTime(SECOND.multipliedBy(10))
                .iterationTime(SECOND.multipliedBy(2))
                .build()) {
            TrainingJob job = engine.start(training(3), log);

            clock.advance(Duration.ofSeconds(9));
            assertThat(log.names()).containsExactly("TrainingStarted");
            clock.advance(SECOND);
            assertThat(log.events(ModelLoaded.class))
                    .extracting(ModelLoaded::duration)
                    .containsExactly(Duration.ofSeconds(10));
            assertThat(job.progress().remaining()).isEmpty();
            clock.advance(Duration.ofSeconds(5));
            assertThat(job.progress().iteration()).isEqualTo(2);
            assertThat(job.progress().loss()).isEqualTo(0.5);
            assertThat(job.progress().iterationsPerSecond()).isEqualTo(0.5);
            assertThat(job.progress().remaining()).contains(Duration.ofSeconds(2));
            assertThat(job.state()).isEqualTo(JobState.RUNNING);
            clock.advance(SECOND);
            assertThat(job.await().duration()).isEqualTo(Duration.ofSeconds(6));
            assertThat(log.names()).endsWith("TrainingFinished");
        }
        assertThat(clock.now()).isEqualTo(Duration.ofSeconds(16));
    }

    @Test
    void time_stands_still_for_a_paused_training() {
        var clock = VirtualClock.stopped();
        try (var engine =
                FakeTrainingEngine.builder().clock(clock).iterationTime(SECOND).build()) {
            TrainingJob job = engine.start(training(10));
            clock.advance(Duration.ofMillis(1500));
            job.pause();
            clock.advance(Duration.ofHours(1));
            assertThat(job.state()).isEqualTo(JobState.PAUSED);
            assertThat(job.progress().iteration()).isEqualTo(1);

            job.resume();
            clock.advance(Duration.ofMillis(499));
            assertThat(job.progress().iteration()).isEqualTo(1);
            clock.advance(Duration.ofMillis(1));
            assertThat(job.progress().iteration()).isEqualTo(2);
            job.cancel(CancelMode.DISCARD);
            clock.advance(Duration.ZERO);
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        }
    }

    @Test
    void a_training_begins_at_the_moment_when_the_one_before_it_ends() {
        var clock = VirtualClock.stopped();
        try (var engine =
                FakeTrainingEngine.builder().clock(clock).iterationTime(SECOND).build()) {
            engine.start(training(5));
            TrainingJob second = engine.start(FakeFixture.training("tyankmk", folder, 5));

            clock.advance(SECOND.multipliedBy(8));

            assertThat(second.progress().iteration()).isEqualTo(3);
        }
    }

    @Test
    void a_jumping_clock_spends_a_night_at_once() {
        try (var engine = FakeTrainingEngine.builder()
                .iterationTime(Duration.ofMinutes(1))
                .build()) {
            TrainedLora lora = engine.train(training(500));

            assertThat(lora.duration()).isEqualTo(Duration.ofMinutes(500));
            assertThat(engine.clock().now()).isEqualTo(Duration.ofMinutes(500));
        }
    }

    @Test
    void a_listener_may_move_the_clock() throws Exception {
        var clock = VirtualClock.stopped();
        var moving = new EventLog() {
            @Override
            public void onEvent(TrainingEvent event) {
                super.onEvent(event);
                clock.advance(SECOND);
            }
        };
        try (var engine =
                FakeTrainingEngine.builder().clock(clock).iterationTime(SECOND).build()) {
            engine.train(training(2), moving);
            moving.await(TrainingFinished.class);
        }

        assertThat(moving.events(IterationFinished.class))
                .last()
                .satisfies(last -> assertThat(last.iteration()).isEqualTo(2));
    }

    @Test
    void pictures_tell_prompts_and_seeds_apart() {
        ImageRequest request = new FakeFixture().picture().toBuilder().count(2).build();
        try (var engine = FakeTrainingEngine.builder().build()) {
            List<GeneratedImage> images = engine.generate(request);
            GeneratedImage other = engine.generate(
                            request.toBuilder().prompt("tyankmk").count(1).build())
                    .get(0);

            assertThat(middle(images.get(0))).isEqualTo(middle(images.get(1)));
            assertThat(corner(images.get(0))).isNotEqualTo(corner(images.get(1)));
            assertThat(middle(other)).isNotEqualTo(middle(images.get(0)));
        }
    }

    private static int middle(GeneratedImage image) {
        return image.image().getRGB(32, 32);
    }

    private static int corner(GeneratedImage image) {
        return image.image().getRGB(0, 0);
    }

    @Test
    void is_found_where_there_is_no_other() {
        try (TrainingEngine engine = TrainingEngine.open()) {
            assertThat(engine).isInstanceOf(FakeTrainingEngine.class);
            assertThat(new FakeTrainingEngineProvider().standsIn()).isTrue();
        }
    }

    @Test
    void gaps_follow_the_script_and_end_a_training_by_its_rule() {
        TrainingSpec spec = TrainingSpec.builder()
                .iterations(100)
                .stopping(stopping -> stopping.withRule(StopRule.gapBelow(0.25).withEveryIterations(5))
                        .withMeasureQuality(true))
                .build();
        try (var engine = FakeTrainingEngine.builder().gaps(0.9, 0.3, 0.1).build()) {
            TrainedLora lora = engine.train(training(1).toBuilder().spec(spec).build());

            // smoothed: 0.9, 0.6, 0.2
            assertThat(lora.iterations()).isEqualTo(15);
            LoraQuality quality = lora.quality().orElseThrow();
            assertThat(quality.gap()).isEqualTo(0.1);
            assertThat(quality.gaps()).containsExactly(new Gap(5, 0.9), new Gap(10, 0.3), new Gap(15, 0.1));
        }
    }

    @Test
    void rejects_what_makes_no_script() {
        var builder = FakeTrainingEngine.builder();
        assertThatThrownBy(() -> builder.iterationTime(SECOND.negated())).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> builder.failAt(0, new TrainingFailedException("")))
                .isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> new TrainingScript(
                        List.of(),
                        List.of(1.0),
                        SECOND,
                        SECOND,
                        List.of(),
                        Optional.empty(),
                        false,
                        List.of(),
                        List.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("losses is []");
        assertThatThrownBy(() -> VirtualClock.stopped().advance(SECOND.negated()))
                .isInstanceOf(InvalidSettingException.class);
    }
}
