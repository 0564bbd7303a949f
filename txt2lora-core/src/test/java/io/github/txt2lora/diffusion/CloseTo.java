package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares tensors by {@code max|a - b| <= tolerance * max(1, max|b|)}; numbers that are not finite match each other.
 */
final class CloseTo {

    private CloseTo() {}

    static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
        assertClose(what, actual, expected, tolerance, 0);
    }

    /** Allows {@code absolute} in any case. */
    static void assertClose(String what, float[] actual, float[] expected, double tolerance, double absolute) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double largest = 1;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            assertThat(Float.isFinite(actual[i]))
                    .as("%s[%d] is finite: %s", what, i, actual[i])
                    .isEqualTo(Float.isFinite(expected[i]));
            if (Float.isFinite(expected[i])) {
                largest = Math.max(largest, Math.abs(expected[i]));
                difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            }
        }
        assertThat(difference).as(what).isLessThanOrEqualTo(Math.max(absolute, tolerance * largest));
    }
}
