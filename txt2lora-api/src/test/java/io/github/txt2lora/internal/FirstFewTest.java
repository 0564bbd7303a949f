package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FirstFewTest {

    @Test
    void few_words_are_all_named() {
        assertThat(FirstFew.of(List.of())).isEmpty();
        assertThat(FirstFew.of(List.of("a", "b"))).isEqualTo("a, b");
    }

    @Test
    void of_many_words_the_rest_is_counted() {
        List<String> words = IntStream.range(0, 5000).mapToObj(String::valueOf).toList();

        assertThat(FirstFew.of(words, 2)).isEqualTo("0, 1 and 4,998 more");
        assertThat(FirstFew.of(words)).endsWith("9 and 4,990 more");
    }
}
