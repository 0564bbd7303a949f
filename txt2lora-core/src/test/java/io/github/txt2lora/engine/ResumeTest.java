package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Bfloat16Copy;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.testing.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The leftovers of a training that ends early, and the resume of the next run. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ResumeTest {

    private static final int ITERATIONS = 6;

    @TempDir
    Path folder;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    private final EventLog log = new EventLog();

    private static TrainingSpec.Builder spec() {
        return Tiny.spec(ITERATIONS)
                .method(method -> method.withLatents(new LatentSource.Noise(2, 0)))
                .learningRate(1e-3)
                .saving(saving -> saving.withStates(StateSpec.everyIterations(2)));
    }

    private LoraTraining training() {
        return Tiny.training(folder, spec()).build();
    }

    /** Starts a training and ends it in an iteration after its third. */
    private void interrupt(LoraTraining training, CancelMode mode, TrainingListener... others)
            throws InterruptedException {
        var job = new AtomicReference<TrainingJob>();
        var stop = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                if (event.iteration() >= 3) {
                    job.get().cancel(mode);
                } else {
                    job.get().resume();
                    job.get().pause();
                }
            }

            @Override
            public void onPaused(TrainingPaused event) {
                job.get().resume();
            }
        };
        var hold = new Held(engine, folder.resolve("hold"));
        TrainingListener[] listeners = Arrays.copyOf(others, others.length + 1);
        listeners[others.length] = stop;
        job.set(engine.start(training, listeners));
        hold.release();
        try {
            job.get().await();
        } catch (TrainingCancelledException e) {
            assertThat(mode).isNotEqualTo(CancelMode.KEEP);
        }
    }

    /** Trains, and waits until the log has all events too. */
    private TrainedLora trainLogged(LoraTraining training) throws InterruptedException {
        TrainedLora lora = engine.train(training, log);
        log.await(TrainingFinished.class);
        return lora;
    }

    private byte[] uninterrupted(LoraTraining training) throws IOException {
        LoraTraining elsewhere =
                training.toBuilder().output(folder.resolve("uninterrupted")).build();
        return Files.readAllBytes(engine.train(elsewhere).file());
    }

    private List<String> states() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".state"))
                    .sorted()
                    .toList();
        }
    }

    /** With all that a training may have besides LECO's own; best after its first iteration. */
    private static TrainingSpec.Builder measuredSpec() {
        return spec().method(Tiny.keeping(LatentSource.mixture(
                                new LatentSource.Pool(4, 2, 2, 3).weighing(1),
                                LatentSource.reusedRollout(2).weighing(1)))
                        .withLossWeighting(LossWeighting.minSnr())
                        .withRollout(rollout -> rollout.withSteps(3)))
                .learningRate(0.1)
                .stopping(
                        stopping -> stopping.withRule(StopRule.noBetterFor(100).withEveryIterations(1))
                                .withMeasureQuality(true));
    }

    @ParameterizedTest
    @EnumSource(names = {"KEEP", "SUSPEND"})
    void a_training_with_a_pool_prompts_to_keep_and_a_stop_rule_goes_on_to_the_same_bytes(CancelMode mode)
            throws Exception {
        LoraTraining training = Tiny.training(folder, measuredSpec()).build();
        byte[] expected = uninterrupted(training);
        interrupt(training, mode);
        assertThat(states()).isNotEmpty();

        TrainedLora lora = trainLogged(training);

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
        assertThat(lora.quality().orElseThrow().gaps()).hasSize(ITERATIONS);
    }

    @Test
    void a_training_with_ranks_by_block_goes_on_to_the_same_bytes() throws Exception {
        LoraSpec ranks = LoraSpec.builder()
                .rank(LoraTarget.names("mid_block"), 8)
                .rank(LoraTarget.names("IN01"), 0)
                .build();
        LoraTraining training = Tiny.training(folder, spec().lora(ranks)).build();
        byte[] expected = uninterrupted(training);
        interrupt(training, CancelMode.SUSPEND);

        TrainedLora lora = trainLogged(training);

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }

    @Test
    void a_training_with_a_start_in_closed_form_goes_on_to_the_same_bytes() throws Exception {
        LoraTraining training = Tiny.training(
                        folder, spec().method(Tiny.keeping(LatentSource.noise()).withStart(LoraStart.CLOSED_FORM)))
                .build();
        byte[] expected = uninterrupted(training);
        interrupt(training, CancelMode.SUSPEND);

        TrainedLora lora = trainLogged(training);

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }

    @Test
    void a_training_that_finds_its_learning_rate_keeps_it_and_goes_on_to_the_same_bytes() throws Exception {
        LoraTraining training = Tiny.training(
                        folder,
                        spec().method(TrainingMethod.recommended()
                                        .withLatents(LatentSource.mixture(
                                                new LatentSource.Noise(4, 700).weighing(2),
                                                new LatentSource.Trajectories(4, 3, 3).weighing(3))))
                                .learningRate(OptionalDouble.empty()))
                .build();
        byte[] expected = uninterrupted(training);
        var interrupted = new EventLog();
        interrupt(training, CancelMode.SUSPEND, interrupted);

        TrainedLora lora = trainLogged(training);

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(log.events(SettingsChosen.class)).hasSize(1).isEqualTo(interrupted.events(SettingsChosen.class));
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }

    @Test
    void a_training_on_a_model_in_bfloat16_goes_on_to_the_same_bytes() throws Exception {
        Path model = Bfloat16Copy.write(Tiny.modelFile(), folder.resolve("bf16.safetensors"), tensor -> true);
        LoraTraining training =
                training().toBuilder().model(ModelSource.file(model)).build();
        byte[] expected = uninterrupted(training);
        interrupt(training, CancelMode.SUSPEND);

        TrainedLora lora = trainLogged(training);

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }

    @Test
    void a_best_lora_that_cannot_be_written_spoils_no_state() throws Exception {
        LoraTraining training = Tiny.training(folder, measuredSpec()).build();
        TrainedLora expected = engine.train(
                training.toBuilder().output(folder.resolve("uninterrupted")).build());
        var obstacle = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                training.loraFile().toFile().mkdir();
            }
        };

        assertThatThrownBy(() -> interrupt(training, CancelMode.KEEP, obstacle)).isInstanceOf(StorageException.class);
        Files.delete(training.loraFile());

        TrainedLora lora = trainLogged(training);
        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(lora.losses()).isEqualTo(expected.losses());
        assertThat(lora.file()).hasSameBinaryContentAs(expected.file());
    }

    @ParameterizedTest
    @EnumSource(names = {"KEEP", "SUSPEND"})
    void an_interrupted_training_goes_on_to_the_bytes_of_an_uninterrupted_one(CancelMode mode) throws Exception {
        LoraTraining training = Tiny.training(
                        folder, spec().method(TrainingMethod.leco().withRollout(rollout -> rollout.withSteps(3))))
                .build();
        byte[] expected = uninterrupted(training);
        interrupt(training, mode);
        assertThat(states()).isNotEmpty();
        assertThat(Files.exists(training.loraFile())).isEqualTo(mode == CancelMode.KEEP);

        TrainedLora lora = trainLogged(training);

        assertThat(log.events(StateRestored.class))
                .singleElement()
                .satisfies(event -> assertThat(event.iteration()).isGreaterThanOrEqualTo(3));
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
        assertThat(lora.losses()).hasSize(ITERATIONS);
        assertThat(lora.iterations()).isEqualTo(ITERATIONS);
    }

    @Test
    void a_training_resumed_in_another_engine_gives_the_same_bytes() throws Exception {
        LoraTraining training =
                Tiny.training(folder, spec().optimizer(OptimizerSpec.prodigy())).build();
        byte[] expected = uninterrupted(training);
        interrupt(training, CancelMode.SUSPEND);
        engine.reopen();

        assertThat(Files.readAllBytes(engine.train(training).file())).isEqualTo(expected);
    }

    @Test
    void closing_the_engine_keeps_the_state_of_what_it_trains() throws Exception {
        TrainingJob job = engine.start(
                Tiny.training(folder, spec().iterations(Integer.MAX_VALUE)).build(), log);
        log.await(IterationFinished.class);

        engine.close();

        assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
        assertThat(states()).isNotEmpty();
    }

    @Test
    void a_finished_training_leaves_its_last_state_alone() throws Exception {
        trainLogged(training());

        assertThat(log.events(StateSaved.class)).isNotEmpty();
        assertThat(states()).containsExactly("krnkmd-6.state");
    }

    @Test
    void a_discarded_training_leaves_no_state() throws Exception {
        interrupt(training(), CancelMode.DISCARD);

        assertThat(states()).isEmpty();
    }

    @Test
    void the_last_two_states_are_kept() throws Exception {
        interrupt(
                Tiny.training(folder, spec().saving(saving -> saving.withStates(StateSpec.everyIterations(1))))
                        .build(),
                CancelMode.SUSPEND);

        assertThat(states()).hasSize(2);
    }

    @Test
    void no_state_is_written_when_they_are_off() throws Exception {
        interrupt(
                Tiny.training(folder, spec().saving(saving -> saving.withStates(StateSpec.off())))
                        .build(),
                CancelMode.SUSPEND);

        assertThat(states()).isEmpty();
    }

    @Test
    void a_state_of_other_settings_is_refused_with_the_differences() throws Exception {
        interrupt(training(), CancelMode.SUSPEND);
        StateSpec required = StateSpec.everyIterations(2).withResume(Resume.REQUIRED);
        LoraTraining other = Tiny.training(
                        folder, spec().learningRate(2e-3).seed(9).saving(saving -> saving.withStates(required)))
                .build();

        assertThatThrownBy(() -> engine.train(other))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("is of another training: learningRate is 0.002, was 0.001; seed is 9, was 0");
        assertThat(states()).isNotEmpty();
    }

    @Test
    void a_state_of_another_model_is_refused() throws Exception {
        Path model = folder.resolve("model.safetensors");
        Files.copy(Tiny.modelFile(), model);
        LoraTraining training =
                Tiny.training(folder, spec()).model(ModelSource.file(model)).build();
        interrupt(training, CancelMode.SUSPEND);
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 2] ^= 1;
        Files.write(model, bytes);
        LoraTraining required = training.toBuilder()
                .spec(spec().saving(saving ->
                                saving.withStates(StateSpec.everyIterations(2).withResume(Resume.REQUIRED)))
                        .build())
                .build();

        assertThatThrownBy(() -> engine.train(required))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("is of another training: model is ");
    }

    @Test
    void a_state_of_other_settings_gives_way_to_a_new_beginning_by_default() throws Exception {
        interrupt(training(), CancelMode.SUSPEND);
        LoraTraining other = Tiny.training(folder, spec().seed(9)).build();

        TrainedLora lora = trainLogged(other);

        assertThat(lora.warnings())
                .singleElement()
                .asString()
                .contains("is of another training: seed is 9, was 0. The training starts over");
        assertThat(log.events(StateRestored.class)).isEmpty();
        assertThat(states()).containsExactly("krnkmd-6.state");
    }

    @Test
    void settings_that_change_no_weight_may_change() throws Exception {
        interrupt(training(), CancelMode.SUSPEND);
        LoraTraining changed = Tiny.training(
                        folder,
                        spec().saving(saving -> saving.withPrecision(Precision.FP32))
                                .nonFinitePolicy(NonFinitePolicy.skip())
                                .stopping(stopping -> stopping.withMeasureQuality(true)))
                .build();

        trainLogged(changed);

        assertThat(log.events(StateRestored.class)).hasSize(1);
    }

    @Test
    void the_state_before_is_used_when_the_last_is_damaged() throws Exception {
        byte[] expected = uninterrupted(training());
        interrupt(
                Tiny.training(folder, spec().saving(saving -> saving.withStates(StateSpec.everyIterations(1))))
                        .build(),
                CancelMode.SUSPEND);
        Path last = folder.resolve(states().get(1));
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length / 2] ^= 1;
        Files.write(last, bytes);

        TrainedLora lora = trainLogged(training());

        assertThat(lora.warnings()).singleElement().asString().contains("is damaged: its data has the SHA-256");
        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }

    @Test
    void a_state_that_is_a_link_is_neither_read_nor_written_nor_deleted() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        List<Path> links = new ArrayList<>();
        LoraTraining training = training();
        for (int iteration = 1; iteration <= ITERATIONS; iteration++) {
            Path link =
                    Files.createDirectories(training.output()).resolve(training.name() + "-" + iteration + ".state");
            links.add(Files.createSymbolicLink(link, precious));
        }

        TrainedLora lora = engine.start(training).await();

        assertThat(lora.warnings())
                .anyMatch(warning -> warning.contains("is not used: ") && warning.contains(" is a link to " + precious))
                .anyMatch(warning -> warning.contains("could not be written") && warning.contains(" is a link to "));
        assertThat(links).allMatch(Files::isSymbolicLink);
        assertThat(precious).hasContent("precious");
    }

    @Test
    void a_required_state_that_is_missing_is_named() {
        StateSpec required = StateSpec.everyIterations(2).withResume(Resume.REQUIRED);

        assertThatThrownBy(() ->
                        engine.train(Tiny.training(folder, spec().saving(saving -> saving.withStates(required)))
                                .build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(
                        "resume is REQUIRED, but there is no state " + folder.resolve("krnkmd-*.state"));
    }

    @Test
    void never_resuming_begins_anew() throws Exception {
        interrupt(training(), CancelMode.SUSPEND);

        trainLogged(Tiny.training(
                        folder,
                        spec().saving(saving ->
                                saving.withStates(StateSpec.everyIterations(2).withResume(Resume.NEVER))))
                .build());

        assertThat(log.events(StateRestored.class)).isEmpty();
    }

    @Test
    void a_training_whose_numbers_go_wrong_keeps_only_states_from_before() throws Exception {
        TrainingSpec.Builder spec = spec().optimizer(OptimizerSpec.sgd())
                .learningRate(1e30)
                .saving(saving -> saving.withStates(StateSpec.everyIterations(100)));

        assertThatThrownBy(() -> engine.train(Tiny.training(folder, spec).build()))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("expected finite numbers");
        assertThat(states()).isEmpty();
    }

    @Test
    void what_was_trained_survives_a_lora_file_that_cannot_be_written() throws Exception {
        byte[] expected = uninterrupted(training());
        LoraTraining training = training();
        var obstacle = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                training.loraFile().toFile().mkdir();
            }
        };

        assertThatThrownBy(() -> engine.train(training, obstacle)).isInstanceOf(StorageException.class);
        assertThat(states()).isNotEmpty();
        Files.delete(training.loraFile());

        assertThat(Files.readAllBytes(trainLogged(training).file())).isEqualTo(expected);
        assertThat(log.events(StateRestored.class))
                .extracting(StateRestored::iteration)
                .containsExactly(ITERATIONS);
    }

    @Test
    void a_state_that_cannot_be_written_is_reported_and_harms_nothing() throws Exception {
        byte[] expected = uninterrupted(training());
        // a folder takes the name of the second state
        Files.createDirectories(folder.resolve("krnkmd-2.state").resolve("x"));

        TrainedLora lora = engine.train(training());

        assertThat(lora.warnings())
                .anySatisfy(warning -> assertThat(warning)
                        .startsWith("the training's state could not be written, so an interruption would cost more: "));
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }

    @Test
    void a_state_moved_to_another_folder_goes_on_there() throws Exception {
        byte[] expected = uninterrupted(training());
        interrupt(training(), CancelMode.SUSPEND);
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        for (String state : states()) {
            Files.move(folder.resolve(state), elsewhere.resolve(state), StandardCopyOption.ATOMIC_MOVE);
        }

        TrainedLora lora = trainLogged(training().toBuilder().output(elsewhere).build());

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }
}
