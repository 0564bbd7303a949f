package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Slider;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.LoraSettings;
import io.github.txt2lora.workspace.ModelAddress;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddCommandTest {

    @TempDir
    private Path parent;

    private Path folder;
    private Workspace workspace;

    @BeforeEach
    void make() throws IOException {
        folder = parent.resolve("Txt2Lora");
        workspace = Workspace.create(folder);
        Files.writeString(workspace.configFile("krnkmd"), """
                # Settings of the LoRA krnkmd, which took long to find.
                model_name: chibi
                train_iterations: 1   # enough for a test
                train_lr: 1e-3
                latents: noise
                loss_weighting: uniform
                preservation_latents: shared
                measure_quality: false
                rank: 8
                alpha: 4
                max_denoising_steps: 2
                preview: false
                """);
        Files.writeString(workspace.promptsFile("krnkmd"), """
                # A cat maid.
                - {target: krnkmd, positive: maid, neutral: 1girl, action: enhance, resolution: 64}
                - {target: "1girl,kitchen", action: enhance, resolution: 64}
                """);
    }

    @Test
    void a_slider_has_two_ends() {
        CommandRun run = add("hair", "--slider", "short hair", "long hair", "--target=1girl");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("1girl learns: 1girl,long hair, compared with 1girl,short hair", ", at strength -1");
        assertThat(workspace.load("hair").prompts())
                .startsWith(Slider.between("short hair", "long hair")
                        .of("1girl")
                        .withResolution(64)
                        .pairs()
                        .toArray(PromptPair[]::new));
    }

    @Test
    void a_slider_with_equal_or_blank_ends_or_a_positive_prompt_is_refused() {
        assertThat(add("hair", "--slider", "long hair", "Long hair").err()).contains("expected other words");
        assertThat(add("hair", "--slider", "", "long hair").err())
                .contains("low is")
                .contains("one end of the slider");
        assertThat(add("hair", "--slider", "a", "b", "--positive=c").err())
                .contains("positive is given beside low and high");
    }

    @Test
    void a_lora_is_like_the_others_in_all_but_its_meaning() throws IOException {
        CommandRun run = add("tyankmk", "--positive=shrine maiden, long hair", "--neutral=1girl");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "Added 1 LoRA, with the settings of krnkmd:",
                        "  tyankmk learns: shrine maiden, long hair, added to 1girl; 1girl,kitchen is kept",
                        "Next: txt2lora check " + folder + " --names tyankmk");
        assertThat(workspace.configFile("tyankmk")).hasContent("""
                # Settings of the LoRA tyankmk, which took long to find.
                model_name: chibi
                train_iterations: 1   # enough for a test
                train_lr: 1e-3
                latents: noise
                loss_weighting: uniform
                preservation_latents: shared
                measure_quality: false
                rank: 8
                alpha: 4
                max_denoising_steps: 2
                preview: false
                """);
        assertThat(workspace.load("tyankmk").prompts())
                .containsExactly(
                        PromptPair.enhance("tyankmk")
                                .positive("shrine maiden, long hair")
                                .neutral("1girl")
                                .resolution(64)
                                .build(),
                        workspace.load("krnkmd").prompts().get(1));
    }

    @Test
    void options_come_before_what_the_others_have() {
        CommandRun run = add(
                "cat",
                "--target=my cat",
                "--positive=dog",
                "--unconditional=nothing",
                "--action=ERASE",
                "--guidance-scale=1.5",
                "--resolution=96",
                "--batch-size=2",
                "--set=rank=16",
                "--set=weight=3",
                "--set=optimizer_args=betas=(0.9,0.98)",
                "--set=preview_places=[kitchen, \"beach, at night\"]",
                "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        LoraProject project = workspace.load("cat");
        assertThat(project.prompts().get(0))
                .isEqualTo(PromptPair.erase("my cat")
                        .positive("dog")
                        .unconditional("nothing")
                        .neutral("nothing")
                        .guidanceScale(1.5)
                        .resolution(96)
                        .batchSize(2)
                        .weight(3)
                        .build());
        LoraSettings settings = project.settings();
        assertThat(settings.spec().lora().rank()).hasValue(16);
        assertThat(settings.spec().iterations()).hasValue(1);
        assertThat(settings.preview().places()).containsExactly("kitchen", "beach, at night");
        assertThat(run.result().get("like").textValue()).isEqualTo("krnkmd");
        assertThat(run.result().get("files")).hasSize(2);
        assertThat(run.result().at("/loras/0/name").textValue()).isEqualTo("cat");
        assertThat(run.result().at("/loras/0/inWords/0").textValue()).startsWith("my cat ");
    }

    @Test
    void what_was_added_can_be_checked_and_trained() throws IOException {
        DemoCheckpoint.copyTo(workspace.modelFolder());
        Path list = list("name,positive\ntyankmk,shrine maiden\npnktwsf,\"pink hair, twintails\"\n");

        assertThat(addAll(list, "--neutral=1girl").exitCode()).isZero();
        CommandRun check = CommandRun.of("check", folder.toString(), "--all");
        CommandRun train = CommandRun.of(
                "train", folder.toString(), "--names=tyankmk,pnktwsf", "--together=2", "--device=cpu", "--threads=1");

        assertThat(check.exitCode()).as(check.out()).isZero();
        assertThat(check.out()).contains("  pnktwsf learns: pink hair, twintails, added to 1girl", "Ready, for");
        assertThat(train.exitCode()).as(train.err()).isZero();
        assertThat(folder.resolve("lora/tyankmk/tyankmk.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("lora/pnktwsf/pnktwsf.safetensors")).isNotEmptyFile();
    }

    @Test
    void a_list_is_read_as_spreadsheets_write_it() throws IOException {
        String rows = """
                sep=;

                Name;Positive;neutral;Guidance Scale;RANK;
                ;;;;;
                maid;"short hair,
                 ""maid""; apron";1girl;;;

                 dog ; brown fur;;1.5;2
                """;
        Path list = list("\ufeff" + rows.replace("\n", "\r\n"));

        CommandRun run = addAll(list, "--neutral=animal", "--set=seed=7");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(workspace.load("maid").prompts().get(0))
                .isEqualTo(PromptPair.enhance("maid")
                        .positive("short hair, \"maid\"; apron")
                        .neutral("1girl")
                        .resolution(64)
                        .build());
        LoraProject dog = workspace.load("dog");
        assertThat(dog.prompts().get(0))
                .isEqualTo(PromptPair.enhance("dog")
                        .positive("brown fur")
                        .neutral("animal")
                        .guidanceScale(1.5)
                        .resolution(64)
                        .build());
        assertThat(dog.settings().spec().lora().rank()).hasValue(2);
        assertThat(dog.settings().spec().seed()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t"})
    void columns_are_separated_by_commas_semicolons_or_tabs(String separator) throws IOException {
        Path list = list(String.join(separator, "positive", "name") + "\n"
                + String.join(separator, "\"a, b; c\td\"", "tyankmk"));

        assertThat(addAll(list).exitCode()).isZero();
        assertThat(workspace.load("tyankmk").prompts().get(0).positive()).isEqualTo("a, b; c\td");
    }

    @Test
    void every_row_that_is_wrong_is_told_with_its_line_and_nothing_is_written() throws IOException {
        Path list = list("""
                name,positive,action,resolution,rank
                fine,maid

                same,same
                "two
                lines",x
                kept,,enhance
                Fine,dress
                krnkmd,dress
                KRNKMD,dress
                size,dress,,97,0
                what,dress,teach
                """);
        Map<String, String> before = files();

        CommandRun run = addAll(list);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        list + ", line 4: 'same' learns nothing",
                        list + ", line 7: 'kept' learns nothing",
                        list + ", line 8: name is 'Fine', and 'fine' stands on line 2",
                        list + ", line 9: 'krnkmd' already exists, as " + workspace.configFile("krnkmd") + " and "
                                + workspace.promptsFile("krnkmd"),
                        list + ", line 10: name is 'KRNKMD', and 'krnkmd' already exists",
                        list + ", line 11: resolution is 97; expected a multiple of 8, for example 96 or 104",
                        list + ", line 11: rank is 0; expected 1 or more",
                        list + ", line 12: action is 'teach'; expected one of erase, enhance")
                .doesNotContain("line 2:", "line 5:");
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                              | is empty; expected a line of titles
                    name,positive                   | has titles but no characters
                    positive\\nmaid                 | line 1: there is no column name
                    name,postive\\na,maid           | line 1: the column "postive" is unknown; did you mean positive?
                    name,notes\\na,maid             | line 1: the column "notes" is unknown; expected name or
                    name,name\\na,b                 | line 1: the column name is there twice
                    name,positive\\na,maid,cat      | line 2: there are 3 values, but 2 titles
                    name,positive,\\na,maid,cat     | line 2: "cat" stands in a column without a title
                    name,positive\\n\\n,maid        | line 3: name is missing
                    name,positive\\na,b\\nc,"d\\ne  | line 3: not valid CSV: Missing closing quote
                    name,positive\\na,"d" e         | line 2: not valid CSV
                    name,positive\\na/b,d           | line 2: name is "a/b"; expected a file name
                    name,positive\\n.a,d            | line 2: name is '.a'; expected a name that does not begin with a dot
                    """)
    void a_list_that_is_malformed_is_refused(String text, String message) throws IOException {
        Path list = list(text.replace("\\n", "\n"));
        Map<String, String> before = files();

        CommandRun run = addAll(list);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Error: " + list).contains(message);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void a_list_that_is_no_file_in_utf_8_is_refused() throws IOException {
        Path list = list("");
        Files.write(list, "name,positive\na,maid\n".getBytes(StandardCharsets.UTF_16));

        assertThat(addAll(list).err()).contains("is not encoded in UTF-8; save it as \"CSV UTF-8\"");
        assertThat(addAll(parent.resolve("none.csv")).err()).contains("there is no file");
        assertThat(addAll(folder).err()).contains("is a folder, device or pipe");
    }

    @Test
    void what_is_there_is_not_overwritten_unless_forced() throws IOException {
        Map<String, String> before = files();

        CommandRun refused = add("krnkmd", "--positive=dress");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .hasLineCount(1)
                .contains(
                        workspace.configFile("krnkmd").toString(),
                        workspace.promptsFile("krnkmd").toString(),
                        "force");
        assertThat(files()).isEqualTo(before);

        CommandRun forced = add("krnkmd", "--positive=dress", "--set=rank=2", "--force");

        assertThat(forced.exitCode()).as(forced.err()).isZero();
        assertThat(Files.readString(workspace.configFile("krnkmd")))
                .isEqualTo(before.get("config/krnkmd.yaml").replace("rank: 8", "rank: 2"));
        assertThat(Files.readString(workspace.promptsFile("krnkmd")))
                .startsWith("# A cat maid.\n")
                .contains("positive: \"dress\"", "1girl,kitchen");
    }

    @Test
    void prompts_without_settings_are_not_overwritten_either() throws IOException {
        Path prompts = Files.writeString(workspace.promptsFile("tyankmk"), "- {target: tyankmk, positive: mine}\n");

        CommandRun run = add("tyankmk", "--positive=dress");
        CommandRun otherCase = add("Tyankmk", "--positive=dress");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'tyankmk' already exists, as " + prompts);
        assertThat(otherCase.err()).contains("'tyankmk' already exists; expected a name that differs in more");
        assertThat(prompts).hasContent("- {target: tyankmk, positive: mine}\n");
        assertThat(workspace.names()).containsExactly("krnkmd");
    }

    @Test
    void loras_that_differ_ask_which_one_the_new_one_is_like() {
        assertThat(add("a", "--positive=maid", "--set=rank=2").exitCode()).isZero();

        CommandRun run = add("b", "--positive=dress");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("the LoRAs a and krnkmd of " + folder + " differ in rank; expected --like");
        assertThat(add("b", "--positive=dress", "--like=krnkm").err()).contains("such as krnkmd");
        assertThat(add("b", "--positive=dress", "--like=a").exitCode()).isZero();
        assertThat(workspace.load("b").settings())
                .isEqualTo(workspace.load("a").settings().withName("b"));
    }

    @Test
    void the_first_lora_of_a_workspace_has_the_settings_of_the_example_and_the_only_model() throws IOException {
        Workspace empty = Workspace.create(parent.resolve("empty"));
        String[] line = {"add", empty.folder().toString(), "tyankmk", "--positive=shrine maiden"};

        CommandRun none = CommandRun.of(line);
        Path model = Files.createFile(empty.modelFolder().resolve("anime.v5.safetensors"));
        CommandRun one = CommandRun.of(line);

        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("there is no model in " + empty.modelFolder());
        assertThat(one.exitCode()).as(one.err()).isZero();
        assertThat(empty.load("tyankmk").settings().model()).isEqualTo(ModelAddress.named("anime.v5"));
        assertThat(Files.readString(empty.configFile("tyankmk")))
                .startsWith("# Settings of the LoRA tyankmk.")
                .doesNotContain("krnkmd");
        assertThat(model).exists();
    }

    @Test
    void a_model_is_given_by_its_name_or_path() throws IOException {
        Path inside = Files.createFile(workspace.modelFolder().resolve("other.safetensors"));
        Path outside = Files.createFile(parent.resolve("outside.safetensors"));

        assertThat(add("a", "--positive=x", "--like=krnkmd", "--model=other").exitCode())
                .isZero();
        assertThat(add("b", "--positive=x", "--like=krnkmd", "-m", inside.toString())
                        .exitCode())
                .isZero();
        assertThat(add("c", "--positive=x", "--like=krnkmd", "-m", parent.resolve("outside") + "")
                        .exitCode())
                .isZero();
        CommandRun none = add("d", "--positive=x", "--like=krnkmd", "--model=none");
        CommandRun twice = add("d", "--positive=x", "--like=krnkmd", "--model=other", "--set=model_name=chibi");

        assertThat(workspace.load("a").settings().model()).isEqualTo(ModelAddress.named("other"));
        assertThat(workspace.load("b").settings().model()).isEqualTo(ModelAddress.named("other"));
        assertThat(workspace.load("c").settings().model()).isEqualTo(ModelAddress.at(outside.toString()));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("--model is \"none\"; expected one of other");
        assertThat(twice.exitCode()).isEqualTo(2);
        assertThat(twice.err()).contains("--model and by --set");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                 | there is no NAME
                    a --csv=b.csv                      | NAME is given beside --csv
                    --csv=b.csv --positive=x           | target and positive are those of one character
                    --csv=b.csv --set=target=x         | target and positive are those of one character
                    a                                  | 'a' learns nothing
                    a --positive=a                     | 'a' learns nothing
                    a --positive=b --set=positive=c    | positive is given by --positive and by --set
                    a --positive=b --set=rnk=3         | the key 'rnk' is unknown; did you mean rank?
                    a --positive=b --set=rank          | --set
                    a --positive=b --resolution=x      | Error: resolution is 'x'; expected a whole number
                    a --positive=b --set=resize_value=1| Error: resize_value: has no effect
                    a/b --positive=b                   | name is "a/b"
                    """)
    void a_wrong_command_line_is_exit_code_2(String line, String message) throws IOException {
        Map<String, String> before = files();

        CommandRun run = add(line.isEmpty() ? new String[0] : line.split(" +", -1));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message).doesNotContain(", line ");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void a_folder_that_is_no_workspace_is_refused() {
        CommandRun run = CommandRun.of("add", parent.toString(), "a", "--positive=b", "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.result().get("message").textValue()).contains("is no workspace");
        assertThat(parent.resolve("prompts")).doesNotExist();
    }

    private CommandRun add(String... args) {
        List<String> line = new ArrayList<>(List.of("add", folder.toString()));
        line.addAll(List.of(args));
        return CommandRun.of(line.toArray(String[]::new));
    }

    private CommandRun addAll(Path list, String... args) {
        List<String> line = new ArrayList<>(List.of(args));
        line.add("--csv=" + list);
        return add(line.toArray(String[]::new));
    }

    private Path list(String text) throws IOException {
        return Files.writeString(parent.resolve("characters.csv"), text);
    }

    /** All files of the workspace with their content. */
    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readString(file));
            }
        }
        return files;
    }
}
