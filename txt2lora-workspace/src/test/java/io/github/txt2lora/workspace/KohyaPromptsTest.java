package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KohyaPromptsTest {

    private static final String LONG_AND_SHORT =
            "[[targets]]\ntarget_class = \"1girl\"\npositive = \"long hair\"\nnegative = \"short hair\"\n";

    @TempDir
    Path folder;

    private Path file(String toml) throws IOException {
        return Files.writeString(folder.resolve("prompts.toml"), toml);
    }

    private LecoPromptsFile read(String toml) throws IOException {
        return LecoPromptsFile.read(file(toml));
    }

    private static PromptPair pair(
            PromptAction action, String positive, String unconditional, double multiplier, String neutral) {
        PromptPair.Builder builder =
                action == PromptAction.ENHANCE ? PromptPair.enhance("1girl") : PromptPair.erase("1girl");
        return builder.positive(positive)
                .unconditional(unconditional)
                .neutral(neutral)
                .multiplier(multiplier)
                .build();
    }

    private static List<PromptPair> longAndShort(double multiplier, String neutral) {
        return List.of(
                pair(PromptAction.ERASE, "short hair", "long hair", multiplier, neutral),
                pair(PromptAction.ENHANCE, "long hair", "short hair", multiplier, neutral),
                pair(PromptAction.ERASE, "long hair", "short hair", -multiplier, neutral),
                pair(PromptAction.ENHANCE, "short hair", "long hair", -multiplier, neutral));
    }

    @Test
    void absent_keys_have_kohyas_defaults() throws IOException {
        LecoPromptsFile read = read("[[prompts]]\ntarget = \"van gogh\"\nunconditional = \"low quality\"\n");

        assertThat(read.prompts())
                .containsExactly(PromptPair.erase("van gogh")
                        .positive("van gogh")
                        .unconditional("low quality")
                        .neutral("low quality")
                        .guidanceScale(1)
                        .resolution(512)
                        .batchSize(1)
                        .multiplier(1)
                        .weight(1)
                        .build());
        assertThat(read.warnings()).isEmpty();
    }

    @Test
    void reads_every_key_of_prompts() throws IOException {
        assertThat(read("""
            [[prompts]]
            target = "krnkmd" # a comment
            positive = 'short hair, "maid"'
            unconditional = "bad"
            neutral = ""
            action = "enhance"
            guidance_scale = 2
            resolution = [768, 512]
            dynamic_resolution = false
            batch_size = 3
            dynamic_crops = true
            multiplier = -0.5
            weight = 2.5

            [[prompts]]
            target = "cat"
            resolution = [256, 256]
            dynamic_resolution = true
            """).prompts())
                .containsExactly(
                        PromptPair.enhance("krnkmd")
                                .positive("short hair, \"maid\"")
                                .unconditional("bad")
                                .neutral("")
                                .guidanceScale(2)
                                .resolution(768, 512)
                                .batchSize(3)
                                .dynamicCrops(true)
                                .multiplier(-0.5)
                                .weight(2.5)
                                .build(),
                        PromptPair.erase("cat")
                                .resolution(256)
                                .dynamicResolution(true)
                                .build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "guidance_scale = 3.0\nprompts = [{target = \"a\"}, {target = \"b\", guidance_scale = 2}]\n",
                "guidance_scale = 3\n[[prompts]]\ntarget = \"a\"\n[[prompts]]\ntarget = \"b\"\nguidance_scale = 2\n",
                "guidance_scale = 3\n[[targets]]\ntarget = \"a\"\n[[targets]]\ntarget = \"b\"\nguidance_scale = 2\n",
                """
                [slider]
                guidance_scale = 3
                [[slider.targets]]
                target = "a"
                [[slider.targets]]
                target = "b"
                guidance_scale = 2
                """
            })
    void keys_before_the_entries_are_their_defaults(String toml) throws IOException {
        assertThat(read(toml).prompts())
                .containsExactly(
                        PromptPair.erase("a").guidanceScale(3).build(),
                        PromptPair.erase("b").guidanceScale(2).build());
    }

    @Test
    void a_file_may_be_one_entry() throws IOException {
        assertThat(read("target = \"cat\"\nweight = 2\n").prompts())
                .containsExactly(PromptPair.erase("cat").weight(2).build());
        assertThat(read(LONG_AND_SHORT.substring("[[targets]]\n".length())).prompts())
                .isEqualTo(longAndShort(1, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[[prompts]]", "[slider]"})
    void a_slider_stands_for_four_pairs(String table) throws IOException {
        String toml = switch (table) {
            case "" -> LONG_AND_SHORT;
            case "[slider]" -> "[slider]\n" + LONG_AND_SHORT.replace("[[targets]]", "[[slider.targets]]");
            default -> LONG_AND_SHORT.replace("[[targets]]", table);
        };

        assertThat(read(toml).prompts()).isEqualTo(longAndShort(1, ""));
        assertThat(read(toml + "multiplier = 2.0\n").prompts()).isEqualTo(longAndShort(2, ""));
    }

    @Test
    void a_slider_of_one_direction_stands_for_two_pairs() throws IOException {
        assertThat(read("[[targets]]\ntarget_class = \"1girl\"\npositive = \"long hair\"\n")
                        .prompts())
                .containsExactly(
                        pair(PromptAction.ENHANCE, "long hair", "", 1, ""),
                        pair(PromptAction.ERASE, "long hair", "", -1, ""));
        assertThat(read("[[targets]]\ntarget_class = \"1girl\"\npositive = \" \"\nnegative = \"short hair\"\n")
                        .prompts())
                .containsExactly(
                        pair(PromptAction.ERASE, "short hair", "", 1, ""),
                        pair(PromptAction.ENHANCE, "short hair", "", -1, ""));
    }

    @Test
    void a_slider_may_act_whatever_the_prompt() throws IOException {
        assertThat(read("[[targets]]\ntarget_class = \"\"\npositive = \"high detail\"\n")
                        .prompts())
                .containsExactly(
                        PromptPair.everywhere(PromptAction.ENHANCE)
                                .positive("high detail")
                                .build(),
                        PromptPair.everywhere(PromptAction.ERASE)
                                .positive("high detail")
                                .multiplier(-1)
                                .build());
    }

    @Test
    void a_slider_is_repeated_for_each_neutral_prompt_and_resolution() throws IOException {
        List<PromptPair> pairs = read("neutrals = [\"\", \"photo\"]\nbatch_size = 2\n" + LONG_AND_SHORT
                        + "resolutions = [[512, 512], [768, 512]]\nguidance_scale = 1.5\nweight = 0.5\n")
                .prompts();

        List<PromptPair> expected = Stream.of("", "photo")
                .flatMap(neutral -> Stream.of(512, 768)
                        .flatMap(height -> longAndShort(1, neutral).stream()
                                .map(pair -> pair.toBuilder()
                                        .resolution(height, 512)
                                        .batchSize(2)
                                        .guidanceScale(1.5)
                                        .weight(0.5)
                                        .build())))
                .toList();
        assertThat(pairs).isEqualTo(expected);
    }

    @Test
    void neutral_prompts_come_from_a_file_beside() throws IOException {
        Files.writeString(folder.resolve("neutrals.txt"), "\ufeff  photo \r\n\r\npainting\n");

        assertThat(read("neutral_prompt_file = \"neutrals.txt\"\n" + LONG_AND_SHORT)
                        .prompts())
                .extracting(PromptPair::neutral)
                .containsExactly("photo", "photo", "photo", "photo", "painting", "painting", "painting", "painting");
        assertThat(read("neutrals = [\"a\"]\nneutral_prompt_file = \"neutrals.txt\"\n" + LONG_AND_SHORT)
                        .prompts())
                .extracting(PromptPair::neutral)
                .containsSubsequence("a", "photo", "painting");
        assertThat(read("neutrals = [\"a\"]\n" + LONG_AND_SHORT + "neutral = \"own\"\n")
                        .prompts())
                .isEqualTo(longAndShort(1, "own"));
        assertThat(read("neutral = \"all\"\n" + LONG_AND_SHORT + "neutrals = []\n")
                        .prompts())
                .isEqualTo(longAndShort(1, "all"));
    }

    @Test
    void what_sd_scripts_ignores_or_does_otherwise_is_a_warning() throws IOException {
        LecoPromptsFile sizes =
                read(LONG_AND_SHORT + "resolutions = [512, 768]\nneutrals = [\"a\"]\nneutral = \"b\"\n");
        LecoPromptsFile dynamic = read("""
            dynamic_resolution = true
            [[prompts]]
            target = "a"
            resolution = [512, 768]
            [[prompts]]
            target = "b"
            """);

        assertThat(sizes.prompts()).allMatch(pair -> pair.height() == 512 && pair.width() == 768);
        assertThat(sizes.warnings())
                .containsExactly(
                        folder.resolve("prompts.toml")
                                + ", line 5: resolutions is one size, of height 512 and width 768,"
                                + " as in sd-scripts; for two square sizes write [[512, 512], [768, 768]]",
                        folder.resolve("prompts.toml")
                                + ", line 7: neutral has no effect beside neutrals, as in sd-scripts");
        assertThat(dynamic.prompts()).extracting(PromptPair::dynamicResolution).containsExactly(false, true);
        assertThat(dynamic.warnings())
                .anyMatch(text -> text.contains("line 1: dynamic_resolution has no effect on images of two sides"))
                .anyMatch(text -> text.contains("line 1: dynamic_resolution draws sides below the resolution"));
    }

    @Test
    void windows_writes_it_with_a_mark_and_carriage_returns() throws IOException {
        String windows = "\ufeff" + LONG_AND_SHORT.replace("\n", "\r\n") + "neutral = '''a\r\nb'''\r\n";

        assertThat(read(windows).prompts()).isEqualTo(longAndShort(1, "a\nb"));
        assertThatThrownBy(() -> read(windows + "tpyo = 1\r\n"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(folder.resolve("prompts.toml") + ", line 7, column 1: tpyo is unknown");
    }

    static Stream<Arguments> wrong() {
        String prompt = "[[prompts]]\ntarget = \"cat\"\n";
        return Stream.of(
                arguments(
                        "",
                        ", line 1, column 1: the file holds no prompts; expected [[prompts]] with a target, or"
                                + " [[targets]] with a target_class"),
                arguments(
                        "prompts = []\n",
                        ", line 1, column 1: prompts is no list of tables; expected at least one [[prompts]]"),
                arguments(
                        "targets = \"x\"\n",
                        ", line 1, column 1: targets is no list of tables; expected at least one [[targets]]"),
                arguments(
                        prompt + "  guidence_scale = 2\n",
                        ", line 3, column 3: guidence_scale is unknown; did you mean guidance_scale?"),
                arguments(
                        "resolutoin = 512\n" + prompt,
                        ", line 1, column 1: resolutoin is unknown; did you mean resolution?"),
                arguments(
                        "prompts = [{target = \"cat\", xyzzy = 1}]\n",
                        ", line 1, column 29: xyzzy is unknown; expected one of target, positive,"),
                arguments(LONG_AND_SHORT + "unconditional = \"x\"\n", ", line 5, column 1: unconditional is unknown;"),
                arguments(
                        "[slider]\n[[slider.targets]]\ntarget_class = \"a\"\npositive = \"b\"\nxyzzy.deep = 1\n",
                        ", line 5, column 1: xyzzy is unknown;"),
                arguments(
                        prompt + "positive = 5\n",
                        ", line 3, column 1: positive is the number 5; expected a text in quotes"),
                arguments(
                        "[[prompts]]\ntarget = 5\n",
                        ", line 2, column 1: target is the number 5; expected a text in quotes"),
                arguments(
                        prompt + "guidance_scale = \"2\"\n",
                        ", line 3, column 1: guidance_scale is the text '2'; expected a number"),
                arguments(
                        prompt + "dynamic_crops = 1\n",
                        ", line 3, column 1: dynamic_crops is the number 1; expected true or false"),
                arguments(
                        prompt + "weight = 1979-05-27\n",
                        ", line 3, column 1: weight is the date or time '1979-05-27'; expected a number"),
                arguments(prompt + "weight = true\n", ", line 3, column 1: weight is true; expected a number"),
                arguments(
                        prompt + "neutral = [\"a\", \"b\"]\n",
                        ", line 3, column 1: neutral must be a single value, not a list or a section"),
                arguments(
                        prompt + "neutral = {a = 1}\n",
                        ", line 3, column 1: neutral is a table; expected a text in quotes"),
                arguments(
                        prompt + "batch_size = 1.5\n",
                        ", line 3, column 1: batch_size is '1.5'; expected a whole number"),
                arguments(
                        prompt + "guidance_scale = nan\n",
                        ", line 3, column 1: guidance_scale is 'NaN'; expected a number"),
                arguments(
                        prompt + "multiplier = 0\n",
                        ", line 3, column 1: multiplier is 0.0; expected a finite number other than 0"),
                arguments(
                        LONG_AND_SHORT + "multiplier = 0\n",
                        ", line 5, column 1: multiplier is 0.0; expected a finite number other than 0"),
                arguments(
                        prompt + "weight = 0\n", ", line 3, column 1: weight is 0.0; expected a number greater than 0"),
                arguments(
                        prompt + "action = \"remove\"\n",
                        ", line 3, column 1: action is 'remove'; expected one of erase, enhance"),
                arguments(
                        prompt + "resolution = [512, 512, 512]\n",
                        ", line 3, column 1: resolution is '[512, 512,"
                                + " 512]'; expected one side, or [height, width]"),
                arguments(
                        prompt + "resolution = [512, 500]\n",
                        ", line 3, column 1: resolution: width is 500; expected a"
                                + " multiple of 8, for example 496 or 504"),
                arguments(
                        "[[prompts]]\npositive = \"cat\"\n",
                        ", line 1: target is missing; expected the words that get a new meaning"),
                arguments(
                        "[[prompts]]\ntarget = \"\"\n",
                        ", line 1: target is \"\"; expected the words that get a new meaning"),
                arguments(
                        "[[targets]]\npositive = \"cat\"\n",
                        ", line 1, column 1: target_class is missing; expected the"
                                + " words that the slider acts on, \"\" for all"),
                arguments(
                        "[[targets]]\ntarget_class = \"cat\"\n",
                        ", line 1, column 1: the slider has neither a positive"
                                + " nor a negative; expected at least one"),
                arguments(
                        LONG_AND_SHORT + "target = \"cat\"\n",
                        ", line 5, column 1: target is given beside target_class;"),
                arguments(prompt + LONG_AND_SHORT, ", line 3, column 1: targets is given beside prompts,"),
                arguments(
                        "weight = 2\n[slider]\ntarget = \"cat\"\n",
                        ", line 1, column 1: weight stands beside the table slider;"),
                arguments(
                        "slider = 5\n",
                        ", line 1, column 1: slider is no table; expected [slider] with [[slider.targets]]"),
                arguments(
                        LONG_AND_SHORT + "resolution = 512\nresolutions = [[512, 512]]\n",
                        ", line 5, column 1:"
                                + " resolution is given beside resolutions of line 6; remove one of them"),
                arguments(
                        "resolutions = [[512, 512]]\n" + LONG_AND_SHORT + "resolution = 512\n",
                        ", line 6, column 1:"
                                + " resolution is given beside resolutions of line 1; remove one of them"),
                arguments(
                        LONG_AND_SHORT + "resolutions = [512, 640, 768]\n",
                        ", line 5, column 1: resolutions is [512,"
                                + " 640, 768]; expected a number, [height, width], or a list of these, such as [[512, 512], [768,"
                                + " 512]]"),
                arguments(LONG_AND_SHORT + "resolutions = []\n", ", line 5, column 1: resolutions is []; expected"),
                arguments(
                        LONG_AND_SHORT + "resolutions = [[512, 100]]\n",
                        ", line 5, column 1: resolutions: width is 100; expected a multiple of 8"),
                arguments(
                        LONG_AND_SHORT + "neutrals = [1]\n",
                        ", line 5, column 1: neutrals is the number 1; expected a text in quotes"),
                arguments(
                        LONG_AND_SHORT + "neutral_prompt_file = \"no.txt\"\n",
                        ", line 5, column 1: neutral_prompt_file"
                                + " is 'no.txt'; expected a text file with a prompt on each line, but there is no "),
                arguments(LONG_AND_SHORT + "prompt_file = \".\"\n", ", line 5, column 1: prompt_file: "),
                arguments(LONG_AND_SHORT + "prompt_file = \"\\u0000\"\n", ", line 5, column 1: prompt_file is "),
                arguments(
                        "[[prompts]]\ntarget = \"cat\"\ntarget = \"dog\"\n",
                        ", line 3, column 1: not valid TOML: Duplicate key"),
                arguments("- target: cat\n", ", line 1, column 2: not valid TOML: "),
                arguments("a = " + "[".repeat(5000), ": not valid TOML: "),
                arguments("a = " + "9".repeat(5000), ", line 1, column 5: not valid TOML: "),
                arguments(
                        "a = " + "[".repeat(100) + "]".repeat(100),
                        ": tables and lists are nested too deep; expected at most 20 levels"),
                arguments(
                        "[[prompts]]\ntarget = \"cat\"\naction = \"enhance\"\n",
                        ", line 1: the prompts teach nothing:"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void says_in_one_sentence_what_is_wrong_and_where(String toml, String problem) throws IOException {
        Path file = file(toml);

        assertThatThrownBy(() -> LecoPromptsFile.read(file))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .satisfies(thrown -> assertThat(thrown.getMessage().lines())
                        .singleElement()
                        .asString()
                        .startsWith(file + problem)
                        .hasSizeLessThan(700));
    }

    @Test
    void tells_all_problems_in_their_order() throws IOException {
        Path file = file("weigth = 2\n[[prompts]]\ntarget = \"cat\"\nbatch_size = 0\n[[prompts]]\ntarget = 7\n");

        assertThatThrownBy(() -> LecoPromptsFile.read(file))
                .satisfies(thrown -> assertThat(thrown.getMessage().lines())
                        .hasSize(3)
                        .element(0)
                        .asString()
                        .contains("line 1, column 1: weigth"));
    }

    @Test
    void a_problem_of_a_default_is_told_once_for_all_entries() throws IOException {
        Path file = file("guidance_scale = \"x\"\n" + LONG_AND_SHORT + LONG_AND_SHORT);

        assertThatThrownBy(() -> LecoPromptsFile.read(file))
                .satisfies(thrown -> assertThat(thrown.getMessage().lines()).hasSize(1));
    }

    @Test
    void a_file_that_multiplies_itself_is_refused() throws IOException {
        String neutrals = "neutrals = [" + "\"a\",".repeat(20_000) + "]\n";
        Path file = file(neutrals + LONG_AND_SHORT);

        assertThatThrownBy(() -> LecoPromptsFile.read(file))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("line 2, column 1: the slider stands for 80000 pairs; expected at most 50000");
    }

    @Test
    void a_missing_or_unreadable_file_is_told_as_toml() throws IOException {
        assertThatThrownBy(() -> LecoPromptsFile.read(folder.resolve("no.toml")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("There is no file " + folder.resolve("no.toml") + "; expected prompts in TOML there");
        Path latin = Files.write(folder.resolve("latin.toml"), new byte[] {'a', (byte) 0xe9});
        assertThatThrownBy(() -> LecoPromptsFile.read(latin))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("is not encoded in UTF-8");
    }

    @Test
    void what_is_written_is_read_again() throws IOException {
        List<PromptPair> pairs = Stream.concat(
                        longAndShort(0.5, "quote \" backslash \\ line\nend \u0001 \u202e 😀").stream(),
                        Stream.of(
                                PromptPair.preserve("kept").resolution(768, 512).build(),
                                PromptPair.everywhere(PromptAction.ENHANCE)
                                        .positive("a")
                                        .build(),
                                PromptPair.erase("b")
                                        .guidanceScale(1e-9)
                                        .weight(1e20)
                                        .dynamicCrops(true)
                                        .dynamicResolution(true)
                                        .build()))
                .toList();

        assertThat(read(PromptsDocument.toml(pairs)).prompts()).isEqualTo(pairs);
        Path yaml = Files.writeString(folder.resolve("prompts.yaml"), PromptsDocument.yaml(pairs));
        assertThat(LecoPromptsFile.read(yaml).prompts()).isEqualTo(pairs);
    }
}
