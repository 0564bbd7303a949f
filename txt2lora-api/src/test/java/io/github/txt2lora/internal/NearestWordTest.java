package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestWordTest {

    private static final List<String> WORDS = List.of("rank", "alpha", "seed", "train_lr");

    @ParameterizedTest
    @CsvSource({"rnak, rank", "rak, rank", "ranks, rank", "bank, rank", "trian_lr, train_lr", "alhpa, alpha", "zzz,"})
    void slips_are_close_and_other_words_are_not(String typed, String meant) {
        assertThat(NearestWord.closeTo(typed, WORDS).orElse(null)).isEqualTo(meant);
    }
}
