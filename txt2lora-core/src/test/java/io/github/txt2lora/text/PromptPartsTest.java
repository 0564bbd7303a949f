package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import org.junit.jupiter.api.Test;

class PromptPartsTest {

    @Test
    void and_separates_weighted_parts() {
        assertThat(PromptParts.ofAnd("2girls :0.5 AND (a:1.6) AND b"))
                .containsExactly(
                        new PromptPart("2girls ", 0.5), new PromptPart(" (a:1.6) ", 1), new PromptPart(" b", 1));
    }

    @Test
    void and_within_a_word_or_in_small_letters_is_text() {
        assertThat(PromptParts.ofAnd("ANDROID and SAND")).containsExactly(new PromptPart("ANDROID and SAND", 1));
    }

    @Test
    void a_colon_without_a_number_is_text() {
        assertThat(PromptParts.ofAnd("a: b")).containsExactly(new PromptPart("a: b", 1));
        assertThat(PromptParts.ofAnd("a:")).containsExactly(new PromptPart("a:", 1));
        assertThat(PromptParts.ofAnd("")).containsExactly(new PromptPart("", 1));
    }

    @Test
    void a_keyword_ends_at_any_letter_but_not_at_a_mark_or_ideographic_comma() {
        assertThat(PromptParts.ofAnd("a ANDé猫AND b")).containsExactly(new PromptPart("a ANDé猫AND b", 1));
        assertThat(PromptParts.ofAnd("a、AND、b")).extracting(PromptPart::text).containsExactly("a、", "、b");
    }

    @Test
    void takes_linear_time_over_digits_and_over_combining_marks() {
        String digits = "a:" + "1".repeat(1_000_000) + "x";
        assertThat(PromptParts.ofAnd(digits)).containsExactly(new PromptPart(digits, 1));
        String marks = "\u0301".repeat(1_000_000);
        assertThat(PromptParts.ofAnd(marks + " AND b")).hasSize(2);
    }

    @Test
    void refuses_more_parts_than_any_picture_has() {
        assertThat(PromptParts.ofAnd("a AND ".repeat(99) + "a")).hasSize(100);
        assertThatThrownBy(() -> PromptParts.ofAnd("a AND ".repeat(100) + "a"))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessage("prompt has 101 parts with AND between them; expected at most 100");
    }
}
