package io.github.txt2lora.leco.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.TinyModel;
import io.github.txt2lora.leco.TrainerGroup;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QualityMeterTest {

    private static final PromptPair PAIR = PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .build();
    private static final PromptPair TREE =
            PromptPair.preserve("tree").resolution(64).build();

    /** Latents of noise that the drift of every pair is measured at. */
    private static final int HELD_OUT = 8;

    /** Latents of trajectories in the highest band, which the gap is measured at. */
    private static final int ON_TRAJECTORIES = 12;

    private static TinyModel tiny;
    private static DenoisingModel model;

    private NDManager scope;
    private long workBefore;

    @BeforeAll
    static void load() {
        tiny = new TinyModel(List.of(PAIR, TREE));
        model = tiny.withNewCache();
    }

    @AfterAll
    static void free() {
        tiny.close();
    }

    @BeforeEach
    void begin() {
        scope = tiny.newScope();
    }

    @AfterEach
    void end() {
        tiny.detachLora(scope);
        scope.close();
    }

    private static QualityMeter meter(PromptPair... pairs) {
        return new QualityMeter(model, lessons(pairs));
    }

    private static Lessons lessons(PromptPair... pairs) {
        return Lessons.of(List.of(pairs), Preservation.drawn());
    }

    private static double gap(QualityMeter meter) {
        return meter.gap();
    }

    private static double drift(QualityMeter meter) {
        return meter.drift();
    }

    /** Samples that went through the network since the last call. */
    private long work() {
        long work = tiny.unet().work() - workBefore;
        workBefore = tiny.unet().work();
        return work;
    }

    @Test
    void a_lora_that_changes_nothing_has_the_whole_gap_and_no_drift() {
        tiny.attachNewLora(scope);
        QualityMeter meter = meter(PAIR, TREE);

        assertThat(gap(meter)).isCloseTo(1, within(1e-6));
        assertThat(drift(meter)).isCloseTo(0, within(1e-6));
    }

    @Test
    void a_lora_that_changes_everything_moves_both() {
        tiny.attachStrongLora(scope);
        QualityMeter meter = meter(PAIR);

        assertThat(gap(meter)).isPositive().isNotCloseTo(1, within(1e-3));
        assertThat(drift(meter)).isGreaterThan(1e-3);
    }

    @Test
    void training_makes_the_gap_smaller() {
        TrainingSpec spec = TrainingSpec.leco()
                .method(TrainingMethod.leco().withLatents(new LatentSource.Pool(4, 2, 2, 3)))
                .optimizer(OptimizerSpec.adamW())
                .learningRate(1e-3)
                .iterations(15)
                .build();
        QualityMeter meter = meter(PAIR);
        var parameters = tiny.attachNewLora(scope);
        try (var trainer = new LecoTrainer(model, parameters, lessons(PAIR), spec, new TorchGenerator(2))) {
            var group = new TrainerGroup(model.torch());
            while (!trainer.isDone()) {
                group.next(List.of(trainer));
            }

            assertThat(gap(meter)).isLessThan(0.99);
        }
    }

    @Test
    void the_same_lora_is_measured_alike_whenever_and_by_whomever() {
        tiny.attachStrongLora(scope);
        QualityMeter meter = meter(PAIR, TREE);
        double gap = gap(meter);
        double drift = drift(meter);

        assertThat(gap(meter)).isEqualTo(gap);
        assertThat(drift(meter)).isEqualTo(drift);
        QualityMeter other = new QualityMeter(tiny.withNewCache(), lessons(PAIR, TREE));
        assertThat(drift(other)).isEqualTo(drift);
        assertThat(gap(other)).isEqualTo(gap);
    }

    @Test
    void a_second_measurement_costs_one_prediction_of_each_compared_prompt() {
        tiny.attachStrongLora(scope);
        QualityMeter meter = meter(PAIR, TREE);
        gap(meter);
        drift(meter);
        work();

        gap(meter);
        assertThat(work()).isEqualTo(ON_TRAJECTORIES);
        drift(meter);
        // the neutral, the unconditional and the given prompt
        assertThat(work()).isEqualTo(3 * HELD_OUT);
        gap(meter(PAIR));
        assertThat(work()).isEqualTo(ON_TRAJECTORIES);
    }

    @Test
    void bands_of_timesteps_are_measured_by_themselves() {
        tiny.attachNewLora(scope);
        assertThat(meter(PAIR).bands())
                .allSatisfy(band -> assertThat(band.gap()).isCloseTo(1, within(1e-6)))
                .extracting(LoraQuality.Band::timesteps)
                .containsExactly(TimestepRange.of(667, 999), TimestepRange.of(334, 666), TimestepRange.of(0, 333));
        tiny.detachLora(scope);
        tiny.attachStrongLora(scope);
        QualityMeter meter = meter(PAIR);

        assertThat(meter.bands().get(0).gap()).isEqualTo(meter.gap());
        assertThat(meter.bands()).extracting(LoraQuality.Band::gap).doesNotHaveDuplicates();
    }

    @Test
    void of_several_lessons_the_mean_counts() {
        PromptPair other = PromptPair.erase("cat ears, maid").resolution(64).build();
        tiny.attachStrongLora(scope);

        assertThat(gap(meter(PAIR, other))).isCloseTo((gap(meter(PAIR)) + gap(meter(other))) / 2, within(1e-9));
    }

    @Test
    void of_very_many_lessons_some_are_measured() {
        tiny.attachStrongLora(scope);
        QualityMeter meter = new QualityMeter(model, Lessons.of(Collections.nCopies(60, PAIR), Preservation.drawn()));
        double gap = gap(meter(PAIR));
        work();

        assertThat(gap(meter)).isCloseTo(gap, within(1e-9));
        assertThat(work()).isEqualTo(50 * ON_TRAJECTORIES);
    }

    @Test
    void targets_are_not_kept_by_other_lessons() {
        PromptPair target =
                PromptPair.enhance("1girl").guidanceScale(2).resolution(64).build();
        tiny.attachStrongLora(scope);
        drift(meter(PAIR, target));
        work();

        drift(meter(PAIR, target));

        // the unconditional prompt, which both have, at the latents of each
        assertThat(work()).isEqualTo(2 * HELD_OUT);
    }

    @Test
    void what_teaches_nothing_cannot_be_measured() {
        assertThat(gap(meter(TREE))).isNaN();
        assertThat(drift(meter(TREE))).isNaN();
    }

    @Test
    void a_pair_that_changes_nothing_spoils_no_measurement_of_the_others() {
        PromptPair nothing = PromptPair.enhance("1girl")
                .unconditional("1girl")
                .resolution(64)
                .build();
        tiny.attachStrongLora(scope);

        assertThat(gap(meter(nothing))).isNaN();
        assertThat(gap(meter(PAIR, nothing))).isCloseTo(gap(meter(PAIR)), within(1e-9));
    }

    @Test
    void batch_size_and_sizes_left_to_chance_do_not_matter() {
        tiny.attachStrongLora(scope);
        PromptPair large = PAIR.toBuilder().resolution(128).build();
        PromptPair dynamic = large.toBuilder()
                .batchSize(3)
                .dynamicResolution(true)
                .dynamicCrops(true)
                .build();

        assertThat(gap(meter(dynamic))).isEqualTo(gap(meter(large)));
    }

    @Test
    void a_measurement_can_be_broken_off_before_any_call_of_the_network() {
        QualityMeter meter = new QualityMeter(tiny.withNewCache(), lessons(PAIR));
        int[] calls = {0};

        for (int calledBefore = 0; calledBefore < 3; calledBefore++) {
            int last = calledBefore;
            calls[0] = 0;
            Runnable cancel = () -> {
                if (calls[0]++ == last) {
                    throw new IllegalStateException("cancelled");
                }
            };
            assertThatThrownBy(() -> model.torch().checkingCalls(cancel, meter::gap))
                    .hasMessage("cancelled");
        }
        tiny.attachNewLora(scope);
        assertThat(gap(meter)).isCloseTo(1, within(1e-6));
    }
}
