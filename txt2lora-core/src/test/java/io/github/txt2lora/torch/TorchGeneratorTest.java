package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchGeneratorTest {

    @Test
    void first_bits_are_those_of_the_reference_mersenne_twister() {
        MersenneTwister engine = new MersenneTwister(5489);
        for (int i = 0; i < 9999; i++) {
            engine.nextBits();
        }
        // ISO/IEC 14882:2011, 26.5.5: the 10000th number of a default-constructed mt19937.
        assertThat(Integer.toUnsignedLong(engine.nextBits())).isEqualTo(4123659995L);
    }

    @Test
    void only_the_lower_half_of_a_seed_counts() {
        assertThat(new TorchGenerator(1L << 32 | 7).uniform(5)).isEqualTo(new TorchGenerator(7).uniform(5));
        assertThat(new TorchGenerator(-1).uniform(5)).isNotEqualTo(new TorchGenerator(1).uniform(5));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 15, 16, 17, 623, 624, 625, 2000})
    void restored_generator_draws_what_the_original_draws_next(int drawnBefore) {
        TorchGenerator original = new TorchGenerator(42);
        original.uniform(drawnBefore);
        original.normal(3);
        TorchGenerator other = new TorchGenerator(1);
        other.normal(1);

        other.restore(original.state());
        TorchGenerator copy = TorchGenerator.ofState(original.state());

        float[] expected = original.normal(700);
        assertThat(other.normal(700)).isEqualTo(expected);
        assertThat(copy.normal(700)).isEqualTo(expected);
    }

    @Test
    void state_keeps_the_second_number_of_a_normal_pair() {
        TorchGenerator original = new TorchGenerator(42);
        original.normal(1);
        TorchGenerator copy = TorchGenerator.ofState(original.state());
        original.normal(1);

        assertThat(copy.state()).isNotEqualTo(original.state());
        copy.normal(1);
        assertThat(copy.state()).isEqualTo(original.state());
    }

    @Test
    void state_is_a_copy() {
        TorchGenerator generator = new TorchGenerator(3);
        long[] state = generator.state();
        Arrays.fill(state, 0);

        assertThat(generator.uniform(4)).isEqualTo(new TorchGenerator(3).uniform(4));
    }

    @Test
    void rejects_damaged_state_and_stays_as_it_was() {
        assertDamaged(state -> state[0] = -1, "-1 at 0");
        assertDamaged(state -> state[623] = 1L << 32, "4294967296 at 623");
        assertDamaged(state -> state[624] = 625, "625 at 624");
        assertDamaged(state -> state[625] = 2, "2 at 625");
        assertThatThrownBy(() -> new TorchGenerator(0).restore(new long[3]))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("3 numbers, expected 627");
    }

    private static void assertDamaged(Consumer<long[]> damage, String expected) {
        TorchGenerator generator = new TorchGenerator(9);
        long[] state = new TorchGenerator(8).state();
        damage.accept(state);

        assertThatThrownBy(() -> generator.restore(state))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(expected);
        assertThat(generator.state()).isEqualTo(new TorchGenerator(9).state());
    }

    @Test
    void integers_stay_within_bounds_over_the_whole_range() {
        TorchGenerator generator = new TorchGenerator(5);
        for (int i = 0; i < 200; i++) {
            assertThat(generator.randint(-3, 4)).isBetween(-3L, 3L);
            assertThat(generator.randint(Long.MIN_VALUE, Long.MAX_VALUE)).isLessThan(Long.MAX_VALUE);
            assertThat(generator.randint(7, 8)).isEqualTo(7);
        }
    }

    @Test
    void permutation_holds_every_number_once() {
        int[] order = new TorchGenerator(5).randperm(1000);

        assertThat(Arrays.stream(order).sorted().toArray())
                .isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(order).isNotEqualTo(Arrays.stream(order).sorted().toArray());
    }

    @Test
    void nothing_drawn_leaves_the_stream_untouched() {
        TorchGenerator generator = new TorchGenerator(5);
        generator.normal(0);
        generator.uniform(0);
        generator.randperm(0);
        generator.randperm(1);

        assertThat(generator.state()).isEqualTo(new TorchGenerator(5).state());
    }

    @Test
    void rejects_impossible_draws_naming_the_values() {
        TorchGenerator generator = new TorchGenerator(0);

        assertInvalid(() -> generator.randint(4, 4), "[4, 4)");
        assertInvalid(() -> generator.uniform(-1), "-1");
        assertInvalid(() -> generator.normal(-2), "-2");
        assertInvalid(() -> generator.normalDoubles(-2), "-2");
        assertInvalid(() -> generator.randperm(-3), "-3");
        assertInvalid(() -> generator.randperm(Integer.MAX_VALUE), "2147483647");
        assertInvalid(() -> generator.uniform(1, 1, 0), "[1.0, 0.0)");
        assertInvalid(() -> generator.uniform(1, Double.NaN, 0), "[NaN, 0.0)");
        assertInvalid(() -> generator.uniform(1, -3e38, 3e38), "finite");
        assertInvalid(() -> generator.kaimingUniform(0, 4), "0");
    }

    private static void assertInvalid(Runnable draw, String expected) {
        assertThatThrownBy(draw::run)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(expected);
    }
}
