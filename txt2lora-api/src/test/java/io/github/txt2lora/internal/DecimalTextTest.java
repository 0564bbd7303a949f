package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalTextTest {

    @ParameterizedTest
    @CsvSource({
        "1.795871857228E9, 1795871857.228, 1795871857.228",
        "1.0E-4, 0.0001, 0.0001",
        "4, 4.0, 4",
        "1.0E7, 10000000.0, 10000000",
        "-0.5, -0.5, -0.5",
        "0, 0.0, 0"
    })
    void numbers_have_no_exponent(double value, String text, String shortest) {
        assertThat(DecimalText.of(value)).isEqualTo(text);
        assertThat(DecimalText.shortest(value)).isEqualTo(shortest);
    }
}
