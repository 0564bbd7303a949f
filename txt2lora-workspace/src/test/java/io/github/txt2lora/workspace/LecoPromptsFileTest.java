package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Slider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LecoPromptsFileTest {

    @TempDir
    Path folder;

    @Test
    void absent_keys_have_lecos_defaults() throws IOException {
        assertThat(prompts("- target: van gogh\n  unconditional: low quality\n").prompts())
                .containsExactly(PromptPair.erase("van gogh")
                        .positive("van gogh")
                        .unconditional("low quality")
                        .neutral("low quality")
                        .guidanceScale(1.0)
                        .resolution(512)
                        .batchSize(1)
                        .build());
    }

    @Test
    void refuses_what_is_no_regular_file() {
        assertThatThrownBy(() -> LecoPromptsFile.read(folder))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(folder + " is a folder, device or pipe");
    }

    @Test
    void an_entry_with_two_ends_is_a_slider() throws IOException {
        List<PromptPair> ends =
                Slider.between("short hair", "long hair").of("1girl").pairs();

        assertThat(prompts("""
                - target: 1girl
                  low: short hair
                  high: long hair
                  resolution: [96, 192]
                  batch_size: 2
                  guidance_scale: 1.5
                - target: 2girls
                  action: enhance
                """).prompts())
                .containsExactly(
                        ends.get(0).toBuilder()
                                .resolution(96, 192)
                                .batchSize(2)
                                .guidanceScale(1.5)
                                .build(),
                        ends.get(1).toBuilder()
                                .resolution(96, 192)
                                .batchSize(2)
                                .guidanceScale(1.5)
                                .build(),
                        PromptPair.preserve("2girls").build());
    }

    @Test
    void a_slider_without_an_end_or_with_words_of_a_pair_is_refused_by_line() {
        assertThatThrownBy(() -> prompts("- target: 1girl\n  low: short hair\n"))
                .hasMessageContaining("line 1")
                .hasMessageContaining("high is missing");
        assertThatThrownBy(() -> prompts("- target: 1girl\n  low: short hair\n  high: Short  hair\n"))
                .hasMessageContaining("high is \"Short  hair\"; expected other words");
        assertThatThrownBy(() -> prompts("- low: short hair\n  high: long hair\n"))
                .hasMessageContaining("target is missing");
        assertThatThrownBy(() -> prompts("""
                - target: 1girl
                  low: short hair
                  high: long hair
                  neutral: 1girl
                """))
                .hasMessageContaining("line 4")
                .hasMessageContaining("neutral is given beside low and high");
        assertThatThrownBy(() -> prompts("- {target: 1girl, low: short hair, high: long hair, pictures: [a.png]}\n"))
                .hasMessageContaining("pictures is given beside low and high");
        assertThatThrownBy(() -> prompts("- target: 1girl\n  low: short hair\n  high: long hair\n  hihg: x\n"))
                .hasMessageContaining("hihg is unknown; did you mean high?");
    }

    @Test
    void reads_every_key() throws IOException {
        assertThat(prompts("""
            - target: krnkmd
              positive: short hair, maid
              unconditional: bad
              neutral: ""
              action: enhance
              guidance_scale: 2
              resolution: 256
              batch_size: 3
              dynamic_resolution: true
              dynamic_crops: true
            """).prompts())
                .containsExactly(PromptPair.enhance("krnkmd")
                        .positive("short hair, maid")
                        .unconditional("bad")
                        .neutral("")
                        .guidanceScale(2)
                        .resolution(256)
                        .batchSize(3)
                        .dynamicResolution(true)
                        .dynamicCrops(true)
                        .build());
    }

    @Test
    void words_are_taken_as_written() throws IOException {
        PromptPair pair = prompts("- target: 007\n  positive: no\n  neutral: 1.50\n")
                .prompts()
                .get(0);

        assertThat(pair.target()).isEqualTo("007");
        assertThat(pair.positive()).isEqualTo("no");
        assertThat(pair.neutral()).isEqualTo("1.50");
    }

    @Test
    void empty_target_may_be_preserved() throws IOException {
        assertThat(prompts("- target: ''\n  action: enhance\n- target: cat\n")
                        .prompts()
                        .get(0)
                        .preserves())
                .isTrue();
    }

    @Test
    void all_problems_are_reported_together_with_their_lines() throws IOException {
        assertProblems(
                """
                - positive: a
                  resolution: 500
                - target: b
                  action: improve
                  guidance_scale: 1e999
                  batch_size: 0
                  guidence: 2
                - target: c
                  dynamic_resolution: true
                  resolution: 64
                  dynamic_crops: maybe
                - d
                - target: ""
                """,
                "line 1: target is missing",
                "line 2: resolution is 500",
                "line 4: action is 'improve'; expected one of erase, enhance",
                "line 5: guidance_scale: guidanceScale is Infinity",
                "line 6: batch_size: batchSize is 0",
                "line 7: guidence is unknown; expected one of target, action",
                "line 8: dynamicResolution is on and resolution is 64",
                "line 11: dynamic_crops is 'maybe'; expected true or false",
                "line 12: expected keys and values",
                "line 13: target is \"\"");
    }

    @Test
    void a_positive_without_an_action_is_warned_about() throws IOException {
        LecoPromptsFile file = prompts("- target: krnkmd\n  positive: maid\n- target: 1girl\n");

        assertThat(file.prompts()).extracting(PromptPair::action).containsOnly(PromptAction.ERASE);
        assertThat(file.warnings())
                .containsExactly(
                        file.file() + ", line 1: target 'krnkmd' has a positive but no action, so the positive is"
                                + " taken away, as LECO does; write action: enhance to teach it, or action: erase to say so");
    }

    @Test
    void keys_of_other_programs_are_understood_with_a_warning() throws IOException {
        LecoPromptsFile file = prompts("- target: krnkmd\n  guidance: 2\n  rank: 8\n");

        assertThat(file.prompts().get(0).guidanceScale()).isEqualTo(2);
        assertThat(file.warnings())
                .containsExactly(
                        file.file() + ", line 2: guidance is '2'; read as guidance_scale",
                        file.file() + ", line 3: rank is '8'; without effect here: it is a setting of the whole LoRA");
        assertProblems("- target: a\n  guidance: 2\n  guidance_scale: 3\n", "line 2: guidance is given beside");
        assertProblems("- target: a\n  guidance: x\n", "line 2: guidance is 'x'; expected a number");
    }

    @Test
    void keys_that_leco_ignores_are_named_in_one_warning_when_it_is_lecos_file() throws IOException {
        Path file = Files.writeString(folder.resolve("prompts.yaml"), "- target: a\n  postive: b\n  note: c\n");

        assertThat(LecoPromptsFile.read(file, UnknownKeys.IGNORED).warnings())
                .containsExactly(file + ": without effect, since LECO has no such keys: postive (line 2; did you mean"
                        + " positive?), note (line 3)");
        assertProblems("- target: a\n  postive: b\n", "line 2: postive is unknown");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- target: krnkmd\n  action: enhance\n",
                "- target: krnkmd\n  positive: KRNKMD\n  action: enhance\n",
                "- target: ''\n  action: enhance\n- target: 1girl\n  action: enhance\n",
                "- target: cat\n  neutral: cat\n  positive: a\n  unconditional: a\n",
                "- target: cat\n  neutral: cat\n  guidance_scale: 0\n"
            })
    void prompts_that_teach_nothing_are_refused(String text) throws IOException {
        assertProblems(text, "prompts.yaml, line 1: the prompts teach nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "target: a", "a", "- [a]", "-", "- target: {a: b}"})
    void anything_else_is_refused_naming_the_file(String text) throws IOException {
        assertProblems(text, "prompts.yaml");
    }

    private void assertProblems(String text, String... expected) throws IOException {
        Path file = Files.writeString(folder.resolve("prompts.yaml"), text);
        InvalidSettingException thrown =
                catchThrowableOfType(InvalidSettingException.class, () -> LecoPromptsFile.read(file));
        assertThat(thrown).isNotNull().message().contains(expected);
    }

    private LecoPromptsFile prompts(String text) throws IOException {
        return LecoPromptsFile.read(Files.writeString(folder.resolve("prompts.yaml"), text));
    }

    @Test
    void of_many_problems_the_first_are_told_and_the_rest_are_counted() {
        String keys = IntStream.range(0, 70_000)
                .mapToObj(i -> "  k" + i + ": 1\n")
                .collect(Collectors.joining("", "- target: a\n", ""));

        assertThatThrownBy(() -> prompts(keys))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .satisfies(failure -> assertThat(failure.getMessage().lines())
                        .hasSize(21)
                        .first(InstanceOfAssertFactories.STRING)
                        .contains("line 2: k0 is unknown"))
                .hasMessageEndingWith("prompts.yaml: and 69,980 more");
    }

    @Test
    void aliases_do_not_multiply_what_is_told() {
        String keys = IntStream.range(0, 20_000)
                .mapToObj(i -> "  k" + i + ": 1\n")
                .collect(Collectors.joining("", "- &a\n  target: a\n", ""));

        assertThatThrownBy(() -> prompts(keys + "- *a\n".repeat(49)))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("and 999,980 more");
    }

    @Test
    void a_target_that_is_taught_and_kept_is_found_among_many() {
        String many = IntStream.range(0, 10_000)
                .mapToObj(i -> "- target: t" + i + "\n")
                .collect(Collectors.joining());

        assertThatThrownBy(() -> prompts(many + "- {target: t5000, action: enhance}\n"))
                .hasMessageContaining("line 10001: target 't5000' is both to get a new meaning and to keep its own");
    }
}
