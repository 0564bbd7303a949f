package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.text.PromptPiece.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EmphasisParserTest {

    /** Prompts and their pieces as {@code text|weight}, weights rounded to six digits. */
    static Stream<Arguments> prompts() {
        return Stream.of(
                Arguments.of("normal text", List.of("normal text|1")),
                Arguments.of("an (important) word", List.of("an |1", "important|1.1", " word|1")),
                Arguments.of("(unbalanced", List.of("unbalanced|1.1")),
                Arguments.of("unopened) and unopened]", List.of("unopened) and unopened]|1")),
                Arguments.of("\\(literal\\]", List.of("(literal]|1")),
                Arguments.of("\\\\(a)", List.of("\\|1", "a|1.1")),
                Arguments.of("(unnecessary)(parens)", List.of("unnecessaryparens|1.1")),
                Arguments.of(
                        "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
                        List.of(
                                "a |1",
                                "house|1.573",
                                " |1.1",
                                "on|1",
                                " a |1.1",
                                "hill|0.55",
                                ", sun, |1.1",
                                "sky|1.4641",
                                ".|1.1")),
                Arguments.of("[[a]]", List.of("a|0.826446")),
                Arguments.of("[a", List.of("a|0.909091")),
                Arguments.of("(a [b) c]", List.of("a |1.1", "b|1", " c|0.909091")),
                Arguments.of("(a: -1.5 )", List.of("a|-1.5")),
                Arguments.of("(a:.5)", List.of("a|0.5")),
                Arguments.of("(a:1.2.3)", List.of("a:1.2.3|1.1")),
                Arguments.of("(a:b)", List.of("a:b|1.1")),
                Arguments.of("a:1.2)", List.of("a:1.2)|1")),
                Arguments.of("[a:1.2]", List.of("a:1.2|0.909091")),
                Arguments.of("()", List.of()),
                Arguments.of("", List.of()),
                Arguments.of("a BREAK b", List.of("a|1", "BREAK", "b|1")),
                Arguments.of("(a BREAK b:1.2) c", List.of("a|1.2", "BREAK", "b|1.2", " c|1")),
                Arguments.of("BREAKFAST", List.of("BREAKFAST|1")),
                Arguments.of("BREAK", List.of("BREAK")),
                Arguments.of("(a:99999999999999999999)", List.of("a|1000")));
    }

    @ParameterizedTest(name = "\"{0}\"")
    @MethodSource("prompts")
    void reads_brackets_as_the_web_ui(String prompt, List<String> expected) {
        assertThat(EmphasisParser.parse(prompt).pieces())
                .map(EmphasisParserTest::describe)
                .isEqualTo(expected);
    }

    @Test
    void keeps_all_text_and_sane_weights_of_whatever_it_is_given() {
        Random random = new Random(7);
        String[] alphabet = {
            "(", ")", "[", "]", ":", "1.4", "\\", " ", "a", "é", "AND", " BREAK ", ":2)", "\n", "\ud83d"
        };
        for (int n = 0; n < 5_000; n++) {
            StringBuilder prompt = new StringBuilder();
            for (int length = random.nextInt(30); length > 0; length--) {
                prompt.append(alphabet[random.nextInt(alphabet.length)]);
            }
            List<PromptPiece> pieces = EmphasisParser.parse(prompt.toString()).pieces();

            assertThat(letters(text(pieces))).as("letters of %s", prompt).isEqualTo(letters(prompt.toString()));
            assertThat(words(pieces)).allSatisfy(words -> {
                assertThat(words.weight()).isBetween(-1000.0, 1000.0);
                assertThat(words.text()).isNotEmpty();
            });
        }
    }

    @Test
    void text_without_syntax_comes_back_as_it_is() {
        Random random = new Random(8);
        for (int n = 0; n < 1000; n++) {
            String text = random.ints(random.nextInt(1, 20), 0x20, 0x2fff)
                    .filter(point -> "()[]\\:".indexOf(point) < 0)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();

            assertThat(EmphasisParser.parse(text).pieces())
                    .isEqualTo(text.isEmpty() ? List.of() : List.of(new Words(text, 1)));
        }
    }

    /** A parser that takes quadratic time or a stack frame for each character would not end. */
    @Test
    void long_hostile_prompts_are_read_in_linear_time() {
        int length = 50_000;
        for (String unit : List.of("(", "[", ")", "(a", "([a", "(:", ": ", "\\", "(a:1", "a BREAK ", " ")) {
            String prompt = unit.repeat(length);
            assertThat(words(EmphasisParser.parse(prompt).pieces()))
                    .allMatch(words -> Math.abs(words.weight()) <= 1000);
        }
    }

    private static String describe(PromptPiece piece) {
        if (piece instanceof Words words) {
            double rounded = Math.round(words.weight() * 1e6) / 1e6;
            String number = rounded == Math.rint(rounded) ? String.valueOf((long) rounded) : String.valueOf(rounded);
            return words.text() + "|" + number;
        }
        return "BREAK";
    }

    private static List<Words> words(List<PromptPiece> pieces) {
        List<Words> words = new ArrayList<>();
        for (PromptPiece piece : pieces) {
            if (piece instanceof Words some) {
                words.add(some);
            }
        }
        return words;
    }

    private static String text(List<PromptPiece> pieces) {
        return pieces.stream()
                .map(piece -> piece instanceof Words words ? words.text() : "BREAK")
                .collect(Collectors.joining());
    }

    private static String letters(String text) {
        return text.codePoints()
                .filter(Character::isLetter)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void an_endless_weight_within_a_bracket_of_weight_0_is_0() {
        assertThat(EmphasisParser.parse("((a:" + "9".repeat(400) + "):0)").pieces())
                .containsExactly(new Words("a", 0));
    }
}
