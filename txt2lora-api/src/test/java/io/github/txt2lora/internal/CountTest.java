package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountTest {

    @ParameterizedTest
    @CsvSource({"0, 0 iterations", "1, 1 iteration", "2, 2 iterations", "21, 21 iterations"})
    void one_alone_is_singular(long number, String text) {
        assertThat(Count.of(number, "iteration")).isEqualTo(text);
    }
}
