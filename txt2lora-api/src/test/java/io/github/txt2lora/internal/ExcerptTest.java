package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {

    @Test
    void keeps_letters_of_any_language() {
        assertThat(Excerpt.of("krnkmd 猫 é 🐈")).isEqualTo("krnkmd 猫 é 🐈");
        assertThat(Excerpt.quoted("krnkmd")).isEqualTo("\"krnkmd\"");
    }

    @Test
    void escapes_what_steers_a_terminal_or_the_direction_of_writing() {
        assertThat(Excerpt.of("\u001b[2J\r\n\u202e\u2028\u2029\u0000"))
                .isEqualTo("\\u001b[2J\\u000d\\u000a\\u202e\\u2028\\u2029\\u0000");
    }

    @Test
    void escapes_what_is_written_as_two_units() {
        assertThat(Excerpt.of("a\udb40\udc41b\ud83d")).isEqualTo("a\\udb40\\udc41b\\ud83d");
        assertThat(Excerpt.of("x".repeat(199) + "🐈")).isEqualTo("x".repeat(199) + "...");
    }

    @Test
    void messages_of_several_lines_keep_their_lines_and_nothing_else_that_steers() {
        assertThat(Excerpt.message("a\n\tb\r\nc\rd\u001b[1m\u202e\u009be"))
                .isEqualTo("a\n\tb\r\nc\\u000dd\\u001b[1m\\u202e\\u009be");
    }

    @Test
    void cuts_long_text() {
        assertThat(Excerpt.of("x".repeat(201))).isEqualTo("x".repeat(200) + "...");
        assertThat(Excerpt.quoted("x".repeat(200))).isEqualTo('"' + "x".repeat(200) + '"');
        assertThat(Excerpt.quoted("x".repeat(201))).isEqualTo('"' + "x".repeat(200) + "\"...");
    }
}
