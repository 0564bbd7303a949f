package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.image.PlainWords;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain words, written into a prompt in the web UI's syntax, have the tokens of a training. */
class PlainWordsTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();
    private static final PromptChunker CHUNKER = new PromptChunker(TOKENIZER);

    /** Everything that means something in a prompt, and what may stand around it. */
    private static final List<String> PIECES = List.of(
            "(",
            ")",
            "[",
            "]",
            "\\",
            "\\\\",
            "|",
            ":",
            "::",
            ":1",
            ":1.2",
            ": 1.5",
            ":-1)",
            ":.5",
            ":+2",
            "1.3",
            "<",
            ">",
            "<lora:x:1>",
            "<lyco:a b:0.5>",
            "<lora:",
            "<|endoftext|>",
            "AND",
            "BREAK",
            "ADDCOMM",
            "ADDROW",
            "ADDCOL",
            "ADDBASE",
            "and",
            "SAND",
            "cat",
            "Name",
            "é",
            "猫",
            "\u0301",
            "\u200b",
            "\u00a0",
            "\u2028",
            " ",
            "  ",
            "\n",
            "\t",
            ",",
            ", ",
            ".",
            "_",
            "-",
            "#",
            "{a|b}",
            "__x__",
            "2",
            "\u0663",
            "😀",
            "\ud83d");

    private static Stream<String> oddTargets() {
        Random random = new Random(1);
        return IntStream.range(0, 3000)
                .mapToObj(i -> IntStream.range(0, 1 + random.nextInt(8))
                        .mapToObj(j -> PIECES.get(random.nextInt(PIECES.size())))
                        .collect(Collectors.joining()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cat girl (maid)",
                "name [series]",
                "krnkmd:1.2",
                "krnkmd :1.2",
                "(krnkmd:1.4)",
                "you AND me",
                "BREAK dance",
                "C:\\models\\x",
                "back\\",
                "a, b, (c)",
                "<lora:krnkmd:1> girl",
                "cat|dog",
                "[cat|dog]",
                "[a:b:0.5]",
                "a ADDCOL b",
                "((unclosed",
                ":5",
                ""
            })
    void a_target_has_the_tokens_that_were_trained(String target) {
        assertTokens(target, target, "");
    }

    @Test
    void any_target_has_the_tokens_that_were_trained_alone_and_before_other_words() {
        oddTargets().forEach(target -> {
            assertTokens(target, target, "");
            assertTokens(target + ", kitchen", target, ", kitchen");
        });
    }

    @Test
    void other_words_keep_their_weights_beside_a_target() {
        String prompt = new PlainWords("name (series:2)").asPrompt() + ", (kitchen:1.3)";

        PromptChunk chunk = CHUNKER.chunks(prompt, warning -> {}).get(0);

        assertThat(chunk.ids(PadToken.ZERO))
                .isEqualTo(TOKENIZER
                        .tokenize("name (series:2), kitchen", PadToken.ZERO)
                        .ids());
        assertThat(chunk.weights()).containsSequence(1, 1.3f, 1);
    }

    @Test
    void takes_linear_time() {
        String prompt = new PlainWords(":<".repeat(50_000) + " ".repeat(50_000) + "1").asPrompt();

        assertThat(prompt).hasSizeBetween(150_000, 250_001);
    }

    private static void assertTokens(String trained, String target, String after) {
        String prompt = new PlainWords(target).asPrompt() + after;
        LoraTags tags = LoraTags.extract(prompt);
        assertThat(tags.loras()).as(prompt).isEmpty();
        assertThat(PromptGrid.parse(tags.prompt()).parts()).as(prompt).hasSize(1);
        List<PromptPart> parts = PromptParts.ofAnd(tags.prompt());
        assertThat(parts).as(prompt).hasSize(1);
        assertThat(parts.get(0).weight()).as(prompt).isOne();
        List<PromptChunk> chunks = CHUNKER.chunks(
                parts.get(0).text(), warning -> assertThat(warning).as(prompt).isNull());
        assertThat(chunks).as(prompt).hasSize(1);
        assertThat(chunks.get(0).isWeighted()).as(prompt).isFalse();
        for (PadToken padToken : List.of(PadToken.END_OF_TEXT, PadToken.ZERO)) {
            assertThat(chunks.get(0).ids(padToken))
                    .as(prompt)
                    .isEqualTo(TOKENIZER.tokenize(trained, padToken).ids());
        }
    }
}
