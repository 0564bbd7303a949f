package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundedTest {

    /** Results of Python's format(value, ".1f"). */
    @ParameterizedTest
    @CsvSource({
        "1.25, 1.2",
        "1.75, 1.8",
        "0.15, 0.1",
        "1.35, 1.4",
        "2.5, 2.5",
        "0.05, 0.1",
        "12345.65, 12345.6",
        "-1.25, -1.2"
    })
    void rounds_as_python_does(double value, String expected) {
        assertThat(Rounded.of(value, 1)).isEqualTo(expected);
    }

    @Test
    void a_fraction_is_multiplied_before_it_is_rounded() {
        assertThat(Rounded.percent(0.98125)).isEqualTo("98.1%");
        assertThat(Rounded.percent(0.0125)).isEqualTo("1.2%");
        assertThat(Rounded.percent(1)).isEqualTo("100.0%");
    }

    @Test
    void refuses_what_is_no_number() {
        assertThatThrownBy(() -> Rounded.of(Double.NaN, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
    }
}
