package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptChunkerTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

    private final PromptChunker chunker = new PromptChunker(TOKENIZER);
    private final List<String> warnings = new ArrayList<>();

    private List<PromptChunk> chunks(String prompt) {
        return chunker.chunks(prompt, warnings::add);
    }

    @Test
    void the_empty_prompt_is_one_chunk_without_words() {
        assertThat(chunks("")).containsExactly(PromptChunk.empty());
        assertThat(PromptChunk.empty().ids(PadToken.END_OF_TEXT))
                .isEqualTo(TOKENIZER.tokenize("", PadToken.END_OF_TEXT).ids());
    }

    @Test
    void a_short_prompt_has_the_ids_of_training_and_weights_at_its_words() {
        PromptChunk chunk = chunks("a (red:1.5) cat").get(0);

        assertThat(chunk.ids(PadToken.ZERO))
                .isEqualTo(TOKENIZER.tokenize("a red cat", PadToken.ZERO).ids());
        assertThat(chunk.weights()).hasSize(77).startsWith(1, 1, 1.5f, 1, 1).endsWith(1);
        assertThat(chunk.isWeighted()).isTrue();
    }

    @Test
    void words_beyond_75_tokens_go_to_further_chunks() {
        List<PromptChunk> chunks = chunks("cat ".repeat(160));

        assertThat(chunks).hasSize(3);
        assertThat(used(chunks.get(0))).isEqualTo(75);
        assertThat(used(chunks.get(1))).isEqualTo(75);
        assertThat(used(chunks.get(2))).isEqualTo(10);
    }

    @Test
    void words_after_a_late_comma_stay_together() {
        List<PromptChunk> chunks = chunks("cat ".repeat(70) + ", dog dog dog dog dog dog dog");

        assertThat(chunks).hasSize(2);
        assertThat(used(chunks.get(0))).isEqualTo(71);
        assertThat(used(chunks.get(1))).isEqualTo(7);
    }

    @Test
    void an_early_comma_keeps_nothing_together() {
        List<PromptChunk> chunks = chunks("cat, " + "dog ".repeat(80));

        assertThat(used(chunks.get(0))).isEqualTo(75);
    }

    @Test
    void break_begins_a_chunk() {
        assertThat(chunks("cat BREAK dog"))
                .containsExactly(chunks("cat").get(0), chunks("dog").get(0));
    }

    @Test
    void a_prompt_that_would_need_endless_memory_is_refused() {
        assertThat(chunks("BREAK ".repeat(39))).hasSize(39);
        assertThatThrownBy(() -> chunks("cat ".repeat(75 * 40 + 1)))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("has 41 chunks of 75 tokens; expected at most 40");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a [cat:dog:0.5] b; [cat:dog:0.5]",
                "[cat:0.5]; [cat:0.5]",
                "[cat::0.5]; [cat::0.5]",
                "[cat:dog: 12 ]; [cat:dog: 12 ]",
                "[cat|dog]; [cat|dog]",
                "(a [cat|dog|]:1.2); [cat|dog|]",
                "[(red:1.2) cat:[blue|green] dog:.5]; [blue|green]",
                "[a\\]b:c:5]; [a\\]b:c:5]"
            })
    void prompt_editing_is_text_with_one_warning(String prompt, String place) {
        assertThat(chunks(prompt)).hasSize(1);

        assertThat(warnings)
                .containsExactly("prompt \"" + prompt + "\" has " + place
                        + ", which changes the prompt between steps in the web UI; it is drawn as text here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[cat]",
                "[cat:dog]",
                "(cat:1.2)",
                "[(cat:1.2)]",
                "a|b",
                "a:b:0.5",
                "\\[cat|dog\\]",
                "[cat:1.2.3]",
                "(a|b)",
                "[a:1)]",
                "cat:1.2"
            })
    void other_brackets_are_no_prompt_editing(String prompt) {
        assertThat(chunks(prompt)).hasSize(1);

        assertThat(warnings).noneMatch(warning -> warning.contains("between steps"));
    }

    @Test
    void brackets_that_are_never_closed_are_reported() {
        chunks("a (cat:1.2) \\( [b] :)");
        assertThat(warnings).isEmpty();

        chunks("((a) [cat");
        assertThat(warnings)
                .containsExactly("prompt \"((a) [cat\" has 2 opening brackets that are never closed, so that they weigh"
                        + " all that follows, as in the web UI; close them, or write \\( or \\[ for brackets that are"
                        + " text");
    }

    private static int used(PromptChunk chunk) {
        int[] ids = chunk.ids(PadToken.END_OF_TEXT);
        int end = 1;
        while (ids[end] != ClipTokenizer.END_OF_TEXT) {
            end++;
        }
        return end - 1;
    }
}
