package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {

    private static final Shape SHAPE = new Shape(1, 4, 2, 2);
    private static final NoiseSource NOISE = (manager, shape) -> manager.ones(shape);

    private static NDManager engine;

    @BeforeAll
    static void start() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        engine = NDManager.newBaseManager("PyTorch");
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @ParameterizedTest
    @EnumSource(SchedulerKind.class)
    void the_same_inputs_give_the_same_bits(SchedulerKind kind) {
        assertThat(run(kind, 6)).isEqualTo(run(kind, 6));
    }

    @ParameterizedTest
    @EnumSource(SchedulerKind.class)
    void a_run_leaves_nothing_but_its_result_in_the_manager_of_the_sample(SchedulerKind kind) {
        Scheduler scheduler = scheduler(kind, 6);
        try (NDManager run = engine.newSubManager()) {
            NDArray sample = run.ones(SHAPE);
            for (int step = 0; step < 6; step++) {
                NDArray previous;
                try (NDArray output = run.full(SHAPE, 0.5f)) {
                    previous = scheduler.step(output, step, sample, NOISE);
                }
                sample.close();
                sample = previous;
            }
            assertThat(run.getManagedArrays()).containsExactly(sample);
        }
    }

    @ParameterizedTest
    @EnumSource(SchedulerKind.class)
    void an_abandoned_run_leaves_nothing_in_the_parent_manager(SchedulerKind kind) {
        try (NDManager parent = engine.newSubManager()) {
            Scheduler scheduler = scheduler(kind, 6);
            try (NDManager run = parent.newSubManager()) {
                NDArray sample = run.ones(SHAPE);
                sample = scheduler.step(run.ones(SHAPE), 0, scheduler.scaleModelInput(sample, 0), NOISE);
                scheduler.step(run.ones(SHAPE), 1, sample, NOISE);
            }
            assertThat(parent.getManagedArrays()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(SchedulerKind.class)
    void a_step_changes_neither_its_sample_nor_the_output(SchedulerKind kind) {
        try (NDManager run = engine.newSubManager()) {
            NDArray sample = run.arange(16f).reshape(SHAPE);
            NDArray output = run.arange(16f).reshape(SHAPE).muli(0.1f);
            float[] sampleBefore = sample.toFloatArray();
            float[] outputBefore = output.toFloatArray();
            scheduler(kind, 4).step(output, 0, sample, NOISE);
            assertThat(sample.toFloatArray()).isEqualTo(sampleBefore);
            assertThat(output.toFloatArray()).isEqualTo(outputBefore);
        }
    }

    @ParameterizedTest
    @EnumSource(SchedulerKind.class)
    void rejects_a_step_that_the_run_does_not_have(SchedulerKind kind) {
        Scheduler scheduler = scheduler(kind, 4);
        try (NDManager run = engine.newSubManager()) {
            NDArray sample = run.ones(SHAPE);
            for (int step : new int[] {-1, 4}) {
                assertThatThrownBy(() -> scheduler.step(sample, step, sample, NOISE))
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("step " + step);
                assertThatThrownBy(() -> scheduler.scaleModelInput(sample, step))
                        .isInstanceOf(InvalidSettingException.class);
                assertThatThrownBy(() -> scheduler.addNoise(sample, sample, step))
                        .isInstanceOf(InvalidSettingException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LMS", "DPM_SOLVER_PLUS_PLUS", "UNI_PC"})
    void a_multistep_sampler_rejects_steps_out_of_order(SchedulerKind kind) {
        Scheduler scheduler = scheduler(kind, 4);
        try (NDManager run = engine.newSubManager()) {
            NDArray sample = run.ones(SHAPE);
            scheduler.step(sample, 0, sample, NOISE);
            assertThatThrownBy(() -> scheduler.step(sample, 2, sample, NOISE))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("expected step 1");
        }
    }

    @ParameterizedTest
    @EnumSource(SchedulerKind.class)
    void every_number_of_steps_stays_finite(SchedulerKind kind) {
        for (int steps : new int[] {1, 2, 3, 999, 1000}) {
            assertThat(run(kind, steps)).as("%d steps", steps).allMatch(Float::isFinite);
        }
    }

    @ParameterizedTest
    @EnumSource(SchedulerKind.class)
    void timesteps_descend_within_the_training(SchedulerKind kind) {
        double[] timesteps = scheduler(kind, 50).timesteps();
        assertThat(timesteps).hasSize(50);
        for (int i = 1; i < timesteps.length; i++) {
            assertThat(timesteps[i]).isLessThan(timesteps[i - 1]).isNotNegative();
        }
        assertThat(timesteps[0]).isLessThan(NoiseSchedule.TRAINING_TIMESTEPS);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1001, Integer.MAX_VALUE})
    void rejects_fewer_than_1_or_more_than_1000_steps(int steps) {
        for (SchedulerKind kind : SchedulerKind.values()) {
            assertThatThrownBy(() -> SchedulerConfig.builder(kind, steps).build())
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining(kind.toString())
                    .hasMessageContaining(Integer.toString(steps));
        }
    }

    @Test
    void the_result_belongs_to_the_manager_of_the_sample() {
        try (NDManager mine = engine.newSubManager();
                NDManager other = engine.newSubManager()) {
            for (SchedulerKind kind : SchedulerKind.values()) {
                NDArray result = scheduler(kind, 4).step(other.ones(SHAPE), 0, mine.ones(SHAPE), NOISE);
                assertThat(result.getManager()).as(kind.toString()).isSameAs(mine);
            }
        }
    }

    private static List<Float> run(SchedulerKind kind, int steps) {
        Scheduler scheduler = scheduler(kind, steps);
        List<Float> values = new ArrayList<>();
        try (NDManager run = engine.newSubManager()) {
            NDArray sample = run.arange(16f).reshape(SHAPE).muli((float) scheduler.initNoiseSigma() / 16);
            for (int step = 0; step < steps; step++) {
                NDArray output = scheduler.scaleModelInput(sample, step).mul(0.1f);
                sample = scheduler.step(output, step, sample, NOISE);
            }
            for (float value : sample.toFloatArray()) {
                values.add(value);
            }
        }
        return values;
    }

    private static Scheduler scheduler(SchedulerKind kind, int steps) {
        return Scheduler.of(SchedulerConfig.builder(kind, steps).build());
    }
}
