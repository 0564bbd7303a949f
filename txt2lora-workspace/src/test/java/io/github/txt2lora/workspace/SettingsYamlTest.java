package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits that keep a small file from needing much memory or stack. */
class SettingsYamlTest {

    private static final Path FILE = Path.of("krnkmd.yaml");

    private static void assertRefused(String text) {
        assertThatThrownBy(() -> SettingsYaml.compose(FILE, text))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("krnkmd.yaml")
                .hasMessageContaining("not valid YAML");
    }

    @Test
    void nesting_is_limited() {
        assertThat(SettingsYaml.compose(FILE, "[".repeat(20) + "]".repeat(20))).isNotNull();
        assertRefused("[".repeat(30) + "]".repeat(30));
        assertRefused("[".repeat(100_000));
        assertRefused("{a: ".repeat(100_000));
    }

    @Test
    void aliases_within_aliases_are_limited() {
        String bomb = IntStream.range(1, 9)
                .mapToObj(i -> "- &a%d [%s]\n"
                        .formatted(
                                i,
                                IntStream.range(0, 9)
                                        .mapToObj(j -> "*a" + (i - 1))
                                        .collect(Collectors.joining(","))))
                .collect(Collectors.joining("", "- &a0 [x]\n", ""));
        assertRefused(bomb);
    }

    @Test
    void the_length_is_limited() {
        assertRefused("# " + "x".repeat(1 << 20) + "\na: b\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a: \"\\u", "a: \"\\x1", "a: \"\\U0011000", "a: \"\\UFFFFFFFF\"", "a: \"\\uD800\"", "\u0000"})
    void malformed_escapes_are_refused_or_read(String text) {
        try {
            assertThat(SettingsYaml.compose(FILE, text)).isNotNull();
        } catch (InvalidSettingException refused) {
            assertThat(refused).hasMessageContaining("not valid YAML");
        }
    }
}
