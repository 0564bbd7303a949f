package io.github.txt2lora.leco.latents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.leco.TinyModel;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Weights of a pair's timesteps by what is to be learned there. */
class RelativeWeightsTest {

    private static final PromptPair PAIR = PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .build();

    private static final int STEPS = LatentSource.trajectories().steps();

    private static TinyModel tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyModel(List.of(PAIR));
    }

    @AfterAll
    static void free() {
        tiny.close();
    }

    /** Mean squared distance of the goal from a prediction at a step, computed from the definition. */
    private static double distance(DenoisingModel model, TeacherTrajectories trajectories, int step, String prompt) {
        try (NDManager scope = tiny.newScope()) {
            NoisyBatch batch = trajectories.step(scope, step);
            NDArray prediction = model.denoiser()
                    .predict(
                            scope,
                            batch.latents(),
                            batch.timesteps(),
                            model.embeddings().batch(scope, List.of(prompt), batch.samples(), batch.size()),
                            0);
            return Objects.requireNonNull(batch.goal())
                    .sub(prediction)
                    .square()
                    .mean()
                    .getFloat();
        }
    }

    @Test
    void a_timestep_counts_more_the_less_there_is_to_learn() {
        DenoisingModel model = tiny.withNewCache();
        TeacherTrajectories trajectories =
                TrajectoryLatents.trajectories(model, PAIR, LatentSource.trajectories(), TimestepRange.all());
        double look = IntStream.range(0, STEPS)
                .mapToDouble(step -> distance(model, trajectories, step, ""))
                .max()
                .orElseThrow();

        RelativeWeights weights = RelativeWeights.measure(model, PAIR);

        for (int step = 0; step < STEPS; step++) {
            double expected = 1.1 / (distance(model, trajectories, step, "krnkmd") / look + 0.1);
            assertThat(weights.at(trajectories.timestep(step))).isCloseTo(expected, within(1e-3 * expected));
        }
    }

    @Test
    void timesteps_between_measured_ones_have_weights_between_theirs() {
        DenoisingModel model = tiny.withNewCache();
        TeacherTrajectories trajectories =
                TrajectoryLatents.trajectories(model, PAIR, LatentSource.trajectories(), TimestepRange.all());
        RelativeWeights weights = RelativeWeights.measure(model, PAIR);

        for (int step = 1; step < STEPS; step++) {
            double below = trajectories.timestep(step);
            double above = trajectories.timestep(step - 1);
            assertThat(weights.at((below + above) / 2))
                    .isCloseTo((weights.at(below) + weights.at(above)) / 2, within(1e-9));
        }
        assertThat(weights.at(1000)).isEqualTo(weights.at(trajectories.timestep(0)));
        assertThat(weights.at(0)).isEqualTo(weights.at(trajectories.timestep(STEPS - 1)));
    }

    @Test
    void all_timesteps_count_alike_where_the_words_change_nothing() {
        PromptPair nothing =
                PromptPair.enhance("krnkmd").positive("").resolution(64).build();

        RelativeWeights weights = RelativeWeights.measure(tiny.withNewCache(), nothing);

        assertThat(DoubleStream.of(0, 300, 999).map(weights::at)).containsOnly(1.0);
    }

    @Test
    void weights_cost_what_the_estimate_says() {
        DenoisingModel model = tiny.withNewCache();
        long before = model.denoiser().work();
        RelativeWeights.measure(model, PAIR);
        double alone = model.denoiser().work() - before;

        model = tiny.withNewCache();
        try (NDManager scope = tiny.newScope()) {
            TrajectoryLatents.trajectories(model, PAIR, LatentSource.trajectories(), TimestepRange.all())
                    .step(scope, 0);
        }
        before = model.denoiser().work();
        RelativeWeights.measure(model, PAIR);
        double besideTrajectories = model.denoiser().work() - before;

        var others = new LatentSource.Trajectories(16, STEPS - 1, 3);
        assertThat(RelativeWeights.evaluations(others)).as("other trajectories").isEqualTo(alone);
        assertThat(alone).isEqualTo(RelativeWeights.evaluations(LatentSource.noise()));
        assertThat(besideTrajectories)
                .isEqualTo(RelativeWeights.evaluations(
                        LatentSource.mixture(LatentSource.trajectories().weighing(1))));
    }
}
