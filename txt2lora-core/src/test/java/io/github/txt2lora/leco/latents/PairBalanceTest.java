package io.github.txt2lora.leco.latents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.leco.TinyModel;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pairs count by what is to be learned for each. */
class PairBalanceTest {

    private static final PromptPair NEAR = pair("krnkmd", "cat ears", 0.5);
    private static final PromptPair FAR = pair("tyankmk", "red hakama,miko", 3);
    private static final PromptPair SLIDING_BACK =
            pair("krnkmd", "maid", 2).toBuilder().multiplier(-1).build();
    private static final PromptPair LEARNED = PromptPair.enhance("1girl")
            .positive("")
            .neutral("1girl")
            .resolution(64)
            .build();

    private static TinyModel tiny;

    private static PromptPair pair(String target, String positive, double guidanceScale) {
        return PromptPair.enhance(target)
                .positive(positive)
                .neutral("1girl")
                .guidanceScale(guidanceScale)
                .resolution(64)
                .build();
    }

    @BeforeAll
    static void load() {
        tiny = new TinyModel(List.of(NEAR, FAR, SLIDING_BACK, LEARNED));
    }

    @AfterAll
    static void free() {
        tiny.close();
    }

    private static double distance(PromptPair pair) {
        TeacherTrajectories trajectories = TrajectoryLatents.trajectories(
                tiny.withNewCache(), pair, LatentSource.trajectories(), TimestepRange.all());
        return Math.sqrt(IntStream.of(0, 2, 4, 6, 8)
                .mapToDouble(step -> trajectories.distance(step, pair.target()))
                .average()
                .orElseThrow());
    }

    @Test
    void a_pair_counts_as_much_less_than_the_nearest_one_as_it_is_farther_from_its_goal() {
        var balance = new PairBalance(tiny.withNewCache(), List.of(NEAR, FAR));

        assertThat(distance(FAR)).isGreaterThan(1.5 * distance(NEAR));
        assertThat(balance.weight(NEAR)).isEqualTo(1);
        assertThat(balance.weight(FAR)).isCloseTo(distance(NEAR) / distance(FAR), within(1e-6));
    }

    @Test
    void a_pair_alone_at_its_strength_counts_1_and_costs_nothing() {
        long before = tiny.unet().work();
        var balance = new PairBalance(tiny.withNewCache(), List.of(FAR, SLIDING_BACK));

        assertThat(balance.weight(FAR)).isEqualTo(1);
        assertThat(balance.weight(SLIDING_BACK)).isEqualTo(1);
        assertThat(tiny.unet().work()).isEqualTo(before);
    }

    @Test
    void a_pair_without_anything_to_learn_does_not_silence_the_others() {
        var balance = new PairBalance(tiny.withNewCache(), List.of(FAR, LEARNED));

        assertThat(balance.weight(FAR)).isEqualTo(1);
        assertThat(balance.weight(LEARNED)).isEqualTo(1);
    }
}
