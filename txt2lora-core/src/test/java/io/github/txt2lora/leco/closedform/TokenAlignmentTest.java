package io.github.txt2lora.leco.closedform;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.text.ClipTokenizer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TokenAlignmentTest {

    private static final int LENGTH = 10;

    private static int[] prompt(int... words) {
        int[] ids = new int[LENGTH];
        Arrays.fill(ids, ClipTokenizer.END_OF_TEXT);
        ids[0] = ClipTokenizer.START_OF_TEXT;
        System.arraycopy(words, 0, ids, 1, words.length);
        return ids;
    }

    @Test
    void first_word_becomes_the_first_the_last_the_last_and_padding_becomes_padding() {
        assertThat(TokenAlignment.of(prompt(1, 2, 3), prompt(11, 12, 13, 14, 15)))
                .containsExactly(0, 1, 3, 5, 6, 6, 6, 7, 8, 9);
    }

    @Test
    void only_word_becomes_the_last() {
        assertThat(TokenAlignment.of(prompt(1), prompt(11, 12, 13))).startsWith(0, 3, 4, 4, 4, 5);
    }

    @Test
    void more_words_than_the_other_has_share_them() {
        assertThat(TokenAlignment.of(prompt(1, 2, 3, 4), prompt(11, 12))).startsWith(0, 1, 1, 2, 2, 5, 6);
    }

    @Test
    void words_that_both_begin_with_stay() {
        assertThat(TokenAlignment.of(prompt(1, 2, 3), prompt(1, 12, 13, 14))).startsWith(0, 1, 2, 4, 5);
    }

    @Test
    void prompt_becomes_itself() {
        assertThat(TokenAlignment.of(prompt(1, 2, 3), prompt(1, 2, 3))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void last_word_does_not_stay_where_the_other_goes_on() {
        assertThat(TokenAlignment.of(prompt(1, 2), prompt(1, 2, 13, 14))).startsWith(0, 1, 4, 5);
    }

    @Test
    void words_after_the_end_of_the_other_become_padding() {
        assertThat(TokenAlignment.of(prompt(1, 2, 3), prompt(1))).startsWith(0, 1, 2, 3, 4);
        assertThat(TokenAlignment.of(prompt(1, 2, 3), prompt())).startsWith(0, 1, 2, 3, 4);
    }

    @Test
    void longest_prompts_are_aligned_too() {
        int[] full = prompt(1, 2, 3, 4, 5, 6, 7, 8);

        assertThat(TokenAlignment.end(full)).isEqualTo(LENGTH - 1);
        assertThat(TokenAlignment.of(prompt(11), full)).containsExactly(0, 8, 9, 9, 9, 9, 9, 9, 9, 9);
        assertThat(TokenAlignment.of(full, prompt())).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void padding_of_another_kind_is_no_word() {
        int[] ids = prompt(1, 2);
        Arrays.fill(ids, 4, LENGTH, 0);

        assertThat(TokenAlignment.end(ids)).isEqualTo(3);
    }
}
