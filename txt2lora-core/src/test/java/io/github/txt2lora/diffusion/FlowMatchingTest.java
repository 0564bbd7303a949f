package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowMatchingTest {

    private static final Shape SHAPE = new Shape(2, 1, 1, 2);

    private Torch torch;
    private NDManager scope;

    @BeforeEach
    void open() {
        torch = TestTorch.start();
        scope = torch.newScope();
    }

    @AfterEach
    void close() {
        scope.close();
        torch.close();
    }

    private NDArray array(float... values) {
        return scope.create(values, SHAPE);
    }

    @Test
    void the_grid_spends_more_steps_at_high_noise_the_larger_the_shift() {
        assertThat(new FlowMatching(1).fewSteps(4).timesteps()).containsExactly(1000, 750, 500, 250);
        // 3 u / (1 + 2 u)
        assertThat(new FlowMatching(3).fewSteps(4).timesteps()).containsExactly(1000, 900, 750, 500);
    }

    @ParameterizedTest
    @EnumSource(SchedulerType.class)
    void all_schedulers_are_steps_of_euler(SchedulerType scheduler) {
        var flow = new FlowMatching(3);

        assertThat(flow.rollout(scheduler, 7).timesteps())
                .isEqualTo(flow.fewSteps(7).timesteps());
        assertThat(flow.drawing(scheduler, 7).timesteps())
                .isEqualTo(flow.fewSteps(7).timesteps());
    }

    @Test
    void a_coarse_grid_meets_the_fine_one_where_rollouts_are_compared() {
        var flow = new FlowMatching(3);
        double[] fine = flow.fewSteps(1000).timesteps();
        double[] coarse = flow.fewSteps(50).timesteps();

        for (int step = 0; step < coarse.length; step++) {
            assertThat(fine[step * 20]).isCloseTo(coarse[step], within(1e-9));
        }
    }

    @Test
    void images_and_noise_are_mixed_along_a_straight_line_for_each_sample() {
        NDArray mixed = new FlowMatching(1).addNoise(array(1, 2, 3, 4), array(5, 6, 7, 8), new double[] {250, 1000});

        assertThat(HostNumbers.floats(mixed)).containsExactly(2, 3, 7, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void steps_along_the_true_velocity_lead_from_noise_to_the_image(int steps) {
        NDArray image = array(1, -2, 0.5f, 3);
        NDArray noise = array(-1, 1, 2, 0.25f);
        NDArray velocity = noise.sub(image);
        Scheduler scheduler = new FlowMatching(3).fewSteps(steps);

        NDArray sample = noise.mul((float) scheduler.initNoiseSigma());
        for (int i = 0; i < steps; i++) {
            assertThat(HostNumbers.floats(scheduler.addNoise(image, noise, i)))
                    .containsExactly(HostNumbers.floats(sample), within(1e-5f));
            sample = scheduler.step(velocity, i, sample, NoiseSource.NONE);
        }

        assertThat(HostNumbers.floats(sample)).containsExactly(HostNumbers.floats(image), within(1e-5f));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 500, 999})
    void a_run_down_to_a_timestep_ends_there(int timestep) {
        Scheduler scheduler = new FlowMatching(3).downTo(timestep, 5);

        assertThat(scheduler.timesteps()).hasSize(6).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(scheduler.timesteps()[0]).isEqualTo(1000);
        assertThat(scheduler.timesteps()[5]).isCloseTo(timestep, within(1e-9));
    }

    @Test
    void min_snr_weighs_the_error_of_the_image() {
        var flow = new FlowMatching(1);

        // signal-to-noise ratio 1 / 9 at sigma 0.75: the image's error is sigma times the velocity's
        assertThat(flow.minSnrWeight(750, 5)).isCloseTo(0.75 * 0.75 / 9, within(1e-12));
        // 81 at sigma 0.1, of which 5 count
        assertThat(flow.minSnrWeight(100, 5)).isCloseTo(5 * 0.1 * 0.1, within(1e-12));
    }

    @Test
    void refuses_a_shift_that_is_no_positive_number_and_steps_out_of_range() {
        for (double shift : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new FlowMatching(shift))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("expected a number above 0");
        }
        var flow = new FlowMatching(1);
        assertThatThrownBy(() -> flow.fewSteps(0)).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> flow.fewSteps(1001)).isInstanceOf(InvalidSettingException.class);
        Scheduler scheduler = flow.fewSteps(2);
        assertThatThrownBy(() -> scheduler.scaleModelInput(array(0, 0, 0, 0), 2))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("no step 2 in a run of 2 steps");
    }
}
