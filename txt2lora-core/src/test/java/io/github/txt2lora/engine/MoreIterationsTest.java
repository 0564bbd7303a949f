package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.testing.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A training that is made again with another number of iterations. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class MoreIterationsTest {

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    /** The events and the result of a training. */
    private record Run(TrainedLora lora, List<Integer> restored, int iterations) {}

    private Run train(TrainingSpec.Builder spec) throws InterruptedException {
        return train(folder, spec);
    }

    private static Run train(Path output, TrainingSpec.Builder spec) throws InterruptedException {
        var log = new EventLog();
        TrainedLora lora = engine.train(Tiny.training(output, spec).build(), log);
        log.await(TrainingFinished.class);
        return new Run(
                lora,
                log.events(StateRestored.class).stream()
                        .map(StateRestored::iteration)
                        .toList(),
                log.events(IterationFinished.class).size());
    }

    private byte[] atOnce(TrainingSpec.Builder spec) throws Exception {
        return Files.readAllBytes(train(folder.resolve("at-once"), spec).lora().file());
    }

    private List<String> states() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".state"))
                    .sorted()
                    .toList();
        }
    }

    private static TrainingSpec.Builder constant(int iterations) {
        return Tiny.spec(iterations)
                .method(method -> method.withLatents(new LatentSource.Noise(2, 0)))
                .learningRate(1e-2);
    }

    static Stream<TrainingSpec.Builder> schedulesThatDoNotSpanAllIterations() {
        return Stream.of(
                constant(2)
                        .method(TrainingMethod.leco().withRollout(rollout -> rollout.withSteps(3)))
                        .warmupIterations(2),
                constant(2).learningRateSchedule(new LearningRateSchedule.Step(1, 0.5)),
                constant(2)
                        .optimizer(OptimizerSpec.prodigy())
                        .method(Tiny.keeping(new LatentSource.Pool(4, 2, 2, 3)))
                        .stopping(stopping -> stopping.withRule(
                                        StopRule.noBetterFor(100).withEveryIterations(1))
                                .withMeasureQuality(true)));
    }

    @ParameterizedTest
    @MethodSource("schedulesThatDoNotSpanAllIterations")
    void a_finished_training_goes_on_to_the_bytes_of_a_long_one(TrainingSpec.Builder spec) throws Exception {
        byte[] expected = atOnce(spec.iterations(5));
        train(spec.iterations(2));

        Run longer = train(spec.iterations(5));

        assertThat(longer.restored()).containsExactly(2);
        assertThat(longer.iterations()).isEqualTo(3);
        assertThat(longer.lora().warnings()).isEmpty();
        assertThat(longer.lora().losses()).hasSize(5);
        assertThat(longer.lora().file()).hasBinaryContent(expected);
        assertThat(states()).containsExactly("krnkmd-5.state");
    }

    @Test
    void a_schedule_that_spans_all_iterations_is_trained_anew_and_says_why() throws Exception {
        TrainingSpec.Builder spec = constant(2).learningRateSchedule(LearningRateSchedule.cosine());
        byte[] expected = atOnce(spec.iterations(4));
        train(spec.iterations(2));

        Run longer = train(spec.iterations(4));

        assertThat(longer.restored()).isEmpty();
        assertThat(longer.lora().warnings())
                .singleElement()
                .asString()
                .contains("iterations is 4, was 2, and the learning rates of the 2 iterations already made would have")
                .contains("The training starts over");
        assertThat(longer.lora().file()).hasBinaryContent(expected);
    }

    @Test
    void fewer_iterations_do_not_throw_the_longer_state_away() throws Exception {
        byte[] two = atOnce(constant(2));
        byte[] three = atOnce(constant(3)
                .saving(saving -> saving.withStates(StateSpec.everyIterations(1).withResume(Resume.NEVER))));
        byte[] five = atOnce(constant(5)
                .saving(saving -> saving.withStates(StateSpec.everyIterations(1).withResume(Resume.NEVER))));
        train(constant(4));

        Run shorter = train(constant(2).saving(saving -> saving.withStates(StateSpec.everyIterations(1))));
        assertThat(shorter.restored()).isEmpty();
        assertThat(shorter.lora().warnings())
                .singleElement()
                .asString()
                .contains("is of 4 iterations, more than the 2 that are to be made. The training starts over, and the"
                        + " state is kept");
        assertThat(shorter.lora().file()).hasBinaryContent(two);
        assertThat(states()).containsExactly("krnkmd-2.state", "krnkmd-4.state");

        Run between = train(constant(3));
        assertThat(between.restored()).containsExactly(2);
        assertThat(between.lora().file()).hasBinaryContent(three);
        assertThat(states()).containsExactly("krnkmd-3.state", "krnkmd-4.state");

        Run longest = train(constant(5));
        assertThat(longest.restored()).containsExactly(4);
        assertThat(longest.lora().file()).hasBinaryContent(five);
        assertThat(states()).containsExactly("krnkmd-5.state");
    }

    @Test
    void another_number_format_is_written_without_training_again() throws Exception {
        byte[] expected = atOnce(constant(2).saving(saving -> saving.withPrecision(Precision.FP16)));
        train(constant(2));

        Run again = train(constant(2).saving(saving -> saving.withPrecision(Precision.FP16)));

        assertThat(again.iterations()).isZero();
        assertThat(again.lora().file()).hasBinaryContent(expected);
    }

    @Test
    void a_required_state_of_more_iterations_is_refused() throws Exception {
        train(constant(3));

        assertThatThrownBy(() -> train(constant(2)
                        .saving(saving ->
                                saving.withStates(StateSpec.everyIterations(1).withResume(Resume.REQUIRED)))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("is of 3 iterations, more than the 2 that are to be made");
        assertThat(states()).containsExactly("krnkmd-3.state");
    }

    @Test
    void other_settings_give_no_way_to_a_state_of_another_length() throws Exception {
        train(constant(2));

        Run other = train(constant(3).seed(9));

        assertThat(other.restored()).isEmpty();
        assertThat(other.lora().warnings())
                .singleElement()
                .asString()
                .contains("is of another training: iterations is 3, was 2; seed is 9, was 0");
        assertThat(states()).containsExactly("krnkmd-3.state");
    }

    @Test
    void states_of_very_many_prompts_are_found_again() throws Exception {
        List<PromptPair> prompts =
                IntStream.range(0, 120).mapToObj(i -> Tiny.prompt("t" + i)).toList();
        LoraTraining training =
                Tiny.training(folder, constant(1)).prompts(prompts).build();
        engine.train(training);
        var log = new EventLog();

        engine.train(training.toBuilder().spec(constant(2).build()).build(), log);
        log.await(TrainingFinished.class);

        assertThat(log.events(StateRestored.class)).hasSize(1);
    }
}
