package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.JobState;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.testing.EventLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that measure on the way how much is left to learn. */
class StopRuleTest {

    private static final int ITERATIONS = 6;

    /** With which a tiny model's LoRA is best after its first iteration. */
    private static final double TOO_HIGH_RATE = 0.1;

    /** With which the second iteration of a tiny model is not a number. */
    private static final double RUINOUS_RATE = 1e4;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private final EventLog log = new EventLog();

    private static TrainingSpec.Builder spec(StopRule rule) {
        return Tiny.spec(ITERATIONS)
                .method(Tiny.keeping(new LatentSource.Noise(4, 500)))
                .stopping(stopping -> stopping.withMeasureQuality(true))
                .learningRate(TOO_HIGH_RATE)
                .stopping(stopping -> stopping.withRule(rule));
    }

    private TrainedLora trainLogged(TrainingSpec.Builder spec) throws InterruptedException {
        TrainingJob job = engine.start(Tiny.training(folder, spec).build(), log);
        TrainedLora lora = job.await();
        assertThat(job.state()).isEqualTo(JobState.FINISHED);
        log.await(TrainingFinished.class);
        return lora;
    }

    private static Map<String, List<Float>> numbers(Path lora) {
        Map<String, List<Float>> numbers = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(lora)) {
            file.tensors().forEach(tensor -> {
                List<Float> values = new ArrayList<>();
                for (float value : tensor.toFloats()) {
                    values.add(value);
                }
                numbers.put(tensor.name(), values);
            });
        }
        return numbers;
    }

    /** The learned numbers after so many iterations. */
    private Map<String, List<Float>> numbersAfter(int iterations) {
        TrainingSpec.Builder spec =
                spec(StopRule.never()).iterations(iterations).stopping(stopping -> stopping.withMeasureQuality(false));
        return numbers(
                engine.train(Tiny.training(folder.resolve("shorter"), spec).build())
                        .file());
    }

    @Test
    void a_small_gap_ends_a_training_early() throws Exception {
        TrainedLora lora = trainLogged(spec(StopRule.gapBelow(1.5).withEveryIterations(2)));

        assertThat(lora.iterations()).isEqualTo(2);
        assertThat(lora.losses()).hasSize(2);
        assertThat(log.events(IterationFinished.class))
                .last()
                .extracting(IterationFinished::iteration)
                .isEqualTo(2);
        assertThat(log.names()).endsWith("GapMeasured", "LoraSaved", "TrainingFinished");
        assertThat(log.events(GapMeasured.class)).singleElement().satisfies(measured -> {
            assertThat(measured.iteration()).isEqualTo(2);
            assertThat(measured.smoothedGap()).isEqualTo(measured.gap()).isLessThan(1.5);
        });
        assertThat(folder).isDirectoryContaining("glob:**/krnkmd-2.state");
    }

    @Test
    void the_best_lora_is_saved_and_not_the_last() throws Exception {
        TrainedLora lora = trainLogged(
                spec(StopRule.noBetterFor(2).withEveryIterations(1)).saving(saving -> saving.withEveryIterations(1)));

        List<GapMeasured> gaps = log.events(GapMeasured.class);
        GapMeasured best = gaps.stream()
                .min(Comparator.comparing(GapMeasured::smoothedGap))
                .orElseThrow();
        assertThat(lora.iterations()).isEqualTo(best.iteration() + 2).isLessThan(ITERATIONS);
        assertThat(gaps).hasSize(lora.iterations());
        LoraQuality quality = lora.quality().orElseThrow();
        assertThat(quality.gap()).isEqualTo(best.gap());
        assertThat(quality.gaps())
                .isEqualTo(gaps.stream()
                        .map(measured -> new Gap(measured.iteration(), measured.gap()))
                        .toList());
        assertThat(numbers(lora.file()))
                .isEqualTo(numbersAfter(best.iteration()))
                .isNotEqualTo(numbers(folder.resolve("krnkmd_" + lora.iterations() + "steps.safetensors")));
    }

    @Test
    void a_rule_that_is_never_met_makes_all_iterations_and_saves_the_best() throws Exception {
        TrainedLora lora = trainLogged(spec(StopRule.gapBelow(1e-9).withEveryIterations(4)));

        assertThat(lora.iterations()).isEqualTo(ITERATIONS);
        assertThat(log.events(GapMeasured.class))
                .extracting(GapMeasured::iteration)
                .containsExactly(4);
        assertThat(numbers(lora.file())).isEqualTo(numbersAfter(4));
    }

    @Test
    void without_a_rule_nothing_is_measured_on_the_way() throws Exception {
        TrainedLora lora = trainLogged(spec(StopRule.never()).iterations(2));

        assertThat(log.events(GapMeasured.class)).isEmpty();
        assertThat(numbers(lora.file())).isEqualTo(numbersAfter(2));
    }

    @Test
    void measurements_change_nothing_in_what_is_learned() throws Exception {
        TrainedLora lora = trainLogged(spec(StopRule.gapBelow(1e-9).withEveryIterations(1))
                .iterations(3)
                .learningRate(1e-3)
                .stopping(stopping -> stopping.withMeasureQuality(false)));
        TrainingSpec.Builder unmeasured = spec(StopRule.never())
                .iterations(3)
                .learningRate(1e-3)
                .stopping(stopping -> stopping.withMeasureQuality(false));
        TrainedLora expected = engine.train(
                Tiny.training(folder.resolve("unmeasured"), unmeasured).build());

        assertThat(lora.losses()).isEqualTo(expected.losses());
        assertThat(lora.quality()).isEmpty();
    }

    @Test
    void a_training_that_goes_back_saves_the_best_that_it_came_by() throws Exception {
        TrainedLora lora = trainLogged(spec(StopRule.noBetterFor(100).withEveryIterations(1))
                .iterations(3)
                .learningRate(RUINOUS_RATE)
                .nonFinitePolicy(new NonFinitePolicy.Rollback(40)));

        assertThat(log.events(TrainingRecovered.class)).isNotEmpty();
        GapMeasured best = log.events(GapMeasured.class).stream()
                .filter(measured -> Double.isFinite(measured.smoothedGap()))
                .min(Comparator.comparing(GapMeasured::smoothedGap))
                .orElseThrow();
        LoraQuality quality = lora.quality().orElseThrow();
        assertThat(quality.gap()).isEqualTo(best.gap());
        assertThat(quality.gaps()).extracting(Gap::iteration).containsExactly(1, 2, 3);
        assertThat(lora.losses()).hasSize(3).allMatch(Double::isFinite);
        assertThat(log.events(LoraSaved.class)).hasSize(1);
    }

    @Test
    void where_nothing_is_taught_all_iterations_are_made_and_the_last_lora_is_saved() throws Exception {
        TrainingSpec.Builder rule =
                spec(StopRule.noBetterFor(1).withEveryIterations(1)).iterations(3);
        LoraTraining training = Tiny.training(folder, rule)
                .prompts(List.of(PromptPair.preserve("tree").resolution(64).build()))
                .build();

        TrainedLora lora = engine.train(training);

        assertThat(lora.iterations()).isEqualTo(3);
        assertThat(lora.quality().orElseThrow().gap()).isNaN();
        assertThat(lora.warnings()).anyMatch(warning -> warning.startsWith("the prompts teach nothing: "));
    }
}
