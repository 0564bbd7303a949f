package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTokenizerTest {

    private static final int CAT = 2368;

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

    @Test
    void words_have_an_id_of_their_own_and_come_in_the_order_of_ids() {
        List<String> words = TOKENIZER.words();

        assertThat(words).contains("cat", "the", "hair").doesNotHaveDuplicates().hasSizeGreaterThan(10_000);
        int last = 0;
        for (String word : words) {
            int[] ids = TOKENIZER.encode(word);
            assertThat(ids).as(word).hasSize(3);
            assertThat(ids[1]).as(word).isGreaterThan(last);
            last = ids[1];
        }
    }

    @Test
    void whole_prompt_drops_nothing() {
        TokenizedPrompt prompt = TOKENIZER.tokenize("cat ".repeat(75), PadToken.END_OF_TEXT);

        assertThat(prompt.droppedWords()).isEmpty();
        assertThat(prompt.ids()).hasSize(77).startsWith(49406, CAT).endsWith(CAT, 49407);
    }

    @Test
    void names_words_beyond_the_last_place_as_they_were_written() {
        TokenizedPrompt prompt = TOKENIZER.tokenize("cat ".repeat(75) + "Silver\tHair,\n\u200b 1girl", PadToken.ZERO);

        assertThat(prompt.droppedWords()).containsExactly("Silver", "Hair,", "1girl");
        assertThat(prompt.ids()).endsWith(CAT, 49407);
    }

    @Test
    void word_cut_within_its_tokens_counts_as_dropped() {
        // krnkmd takes three ids, so one of them still fits.
        TokenizedPrompt prompt = TOKENIZER.tokenize("cat ".repeat(74) + "KRNKMD", PadToken.END_OF_TEXT);

        assertThat(prompt.droppedWords()).containsExactly("KRNKMD");
        assertThat(prompt.ids()).endsWith(CAT, 7309, 49407);
    }

    @Test
    void names_the_rest_of_a_word_that_is_kept_in_part() {
        TokenizedPrompt prompt = TOKENIZER.tokenize("cat ".repeat(74) + "Cat,Dog", PadToken.END_OF_TEXT);

        assertThat(prompt.droppedWords()).containsExactly(",dog");
    }

    @Test
    void exclamation_marks_become_padding_only_where_they_are_the_pad_token() {
        assertThat(TOKENIZER.encode("hi!!", PadToken.EXCLAMATION_MARK)).endsWith(0, 0, 49407);
        assertThat(TOKENIZER.encode("hi!!", PadToken.ZERO)).isEqualTo(TOKENIZER.encode("hi!!"));
        assertThat(TOKENIZER.encode("hi!!")).doesNotContain(0);
    }

    @Test
    void ids_cannot_be_changed_from_outside() {
        TokenizedPrompt prompt = TOKENIZER.tokenize("cat", PadToken.END_OF_TEXT);
        Arrays.fill(prompt.ids(), 0);

        assertThat(prompt).isEqualTo(TOKENIZER.tokenize("cat", PadToken.END_OF_TEXT));
    }

    @Test
    void special_tokens_are_found_next_to_punctuation() {
        assertThat(TOKENIZER.encode("(<|endoftext|>")).containsExactly(49406, 263, 49407, 49407);
    }

    @Test
    void unpaired_surrogates_and_unassigned_characters_vanish() {
        assertThat(TOKENIZER.encode("ca\ud83dt\udc08\u0378")).containsExactly(49406, CAT, 49407);
    }

    @Test
    void emoji_newer_than_the_java_version_are_kept() {
        assertThat(TOKENIZER.encode(Character.toString(0x1faff)).length).isGreaterThan(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "ab",
                "1",
                "'",
                "'s",
                "\u00e9",
                "\u65e5",
                "\ud83d\ude42",
                "<|",
                "!",
                "e\u0301\u0323",
                "\u0130"
            })
    void long_hostile_text_is_encoded(String unit) {
        int[] ids = TOKENIZER.encode(unit.repeat(100_000));

        assertThat(ids).startsWith(49406).endsWith(49407);
        assertThat(TOKENIZER
                        .tokenize(unit.repeat(100_000), PadToken.EXCLAMATION_MARK)
                        .droppedWords())
                .hasSize(1);
    }

    @Test
    void endless_stacks_of_combining_marks_are_cut() {
        String stack = "\u0301\u0323".repeat(30);

        assertThat(TOKENIZER.encode("e" + stack + stack)).isEqualTo(TOKENIZER.encode("e" + stack));
        assertThat(TOKENIZER.encode("e" + "\u0301\u0323".repeat(100_000))).isEqualTo(TOKENIZER.encode("e" + stack));
    }

    @Test
    void threads_share_one_tokenizer() {
        List<String> texts = IntStream.range(0, 500)
                .mapToObj(i -> "tag" + i + ", krnkmd " + i)
                .toList();
        List<int[]> expected = texts.stream().map(TOKENIZER::encode).toList();

        List<int[]> actual = texts.parallelStream().map(TOKENIZER::encode).toList();

        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
    }
}
