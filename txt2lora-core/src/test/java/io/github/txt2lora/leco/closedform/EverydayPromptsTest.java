package io.github.txt2lora.leco.closedform;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.text.ClipTokenizer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EverydayPromptsTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

    @Test
    void prompts_are_different_and_always_the_same() {
        List<String> prompts = EverydayPrompts.of(TOKENIZER);

        assertThat(prompts).hasSizeGreaterThan(100).doesNotHaveDuplicates();
        assertThat(EverydayPrompts.of(ClipTokenizer.load())).isEqualTo(prompts);
    }

    @Test
    void prompts_consist_of_frequent_words_and_are_read_as_a_whole() {
        List<String> frequent = TOKENIZER.words().subList(0, 1000);

        assertThat(EverydayPrompts.of(TOKENIZER)).allSatisfy(prompt -> {
            assertThat(Arrays.asList(prompt.split(", "))).isNotEmpty().allMatch(frequent::contains);
            assertThat(TOKENIZER.encode(prompt)).hasSizeLessThanOrEqualTo(ClipTokenizer.LENGTH);
        });
    }
}
