package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {

    private static final int COLUMNS = 80;

    static Stream<String> commands() {
        return Txt2LoraCommand.commandLine().getSubcommands().keySet().stream()
                .filter(name -> !name.equals("generate-completion"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_explains_its_exit_codes_and_ends_with_an_example(String command) {
        CommandRun run = CommandRun.of(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: txt2lora " + command, "--json", "--stacktrace", "Exit codes:");
        List<String> lines = run.out().lines().toList();
        assertThat(lines.subList(lines.indexOf("Example:") + 1, lines.size()))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith("  ").hasSizeLessThanOrEqualTo(COLUMNS))
                .first()
                .asString()
                .startsWith("  txt2lora ");
    }

    @Test
    void the_program_lists_its_commands() {
        CommandRun run = CommandRun.of("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains(commands().toList()).contains("generate-completion");
    }

    @Test
    void a_mistyped_option_is_met_with_the_right_one() {
        CommandRun run = CommandRun.of("models", "--shaa");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--shaa", "--sha", "See: txt2lora models --help");
    }

    @Test
    void misuse_with_json_is_also_an_object() {
        CommandRun run = CommandRun.of("resize", "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.result().get("event").asText()).isEqualTo("error");
        assertThat(run.result().get("exitCode").asInt()).isEqualTo(2);
    }

    @Test
    void completion_knows_the_commands() {
        CommandRun run = CommandRun.of("generate-completion");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("complete -F").contains(commands().toList());
    }
}
