package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkspaceTest {

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder);
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), "- target: krnkmd\n");
    }

    @Test
    void few_lines_are_enough() throws IOException {
        Files.writeString(workspace.modelFolder().resolve("tiny.safetensors"), "");
        config("model_name: tiny\n");

        LoraTraining training = workspace.training(workspace.load("krnkmd"));

        assertThat(training)
                .isEqualTo(LoraTraining.builder()
                        .name("krnkmd")
                        .model(ModelSource.file(folder.resolve("model/tiny.safetensors")))
                        .prompt(PromptPair.erase("krnkmd").build())
                        .spec(TrainingSpec.builder().build())
                        .output(folder.resolve("lora/krnkmd"))
                        .build());
    }

    @Test
    void lecos_layout_gives_the_same_value() throws IOException {
        config("""
                lora_name: krnkmd
                model_path: models/tiny
                train_iterations: 300
                train_lr: 1e-4
                optimizer: adamw
                lr_scheduler: constant
                rank: 8
                alpha: 4
                training_method: full
                precision: bfloat16
                save_precision: float32
                save_per_steps: 200
                prediction: v_prediction
                latents: rollout
                preservation: drawn
                preservation_weight: 1
                start: zero
                measure_quality: false
                seed: 5
                resize: sv_fro
                resize_value: 0.9
                """);
        LoraSettings flat = workspace.load("krnkmd").settings();
        config("""
                prompts_file: prompts.yaml
                pretrained_model: {name_or_path: models/tiny, v_pred: true}
                network: {rank: 8, alpha: 4}
                train: {iterations: 300}
                save: {name: krnkmd, path: ./output}
                logging: {use_wandb: false, verbose: false}
                seed: 5
                resize: sv_fro
                resize_value: 0.9
                """);

        assertThat(workspace.load("krnkmd").settings()).isEqualTo(flat);
        assertThat(flat.model()).isEqualTo(ModelAddress.at("models/tiny"));
        assertThat(flat.resize()).contains(ResizeSpec.by(new RankRule.Frobenius(0.9)));
    }

    @Test
    void lecos_prompts_file_is_found_beside_the_settings_or_in_the_workspace() throws IOException {
        String leco = "pretrained_model: {name_or_path: tiny}\nprompts_file: some/words.yaml\n";
        config(leco);
        Files.createDirectories(folder.resolve("some"));
        Files.writeString(folder.resolve("some/words.yaml"), "- target: other\n");

        assertThat(workspace.load("krnkmd").prompts().get(0).target()).isEqualTo("other");

        Files.delete(folder.resolve("some/words.yaml"));
        assertThat(workspace.load("krnkmd").prompts().get(0).target()).isEqualTo("krnkmd");
    }

    @Test
    void models_are_looked_for_in_the_folder_then_downloaded() throws IOException {
        URI url = URI.create("https://example.org/tiny.safetensors");
        LoraSettings settings = LoraSettings.of("krnkmd", ModelAddress.named("tiny", url));

        assertThat(workspace.model(settings))
                .isEqualTo(ModelSource.url("tiny", url).into(workspace.modelFolder()));
        assertThatThrownBy(() -> workspace.model(settings.withModel(ModelAddress.named("tiny"))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("krnkmd.yaml: model_name is 'tiny', but there is no ")
                .hasMessageContaining("add model_url");

        Path diffusers = Files.createDirectories(folder.resolve("model/tiny"));
        assertThat(workspace.model(settings)).isEqualTo(ModelSource.folder(diffusers));
        Path file = Files.writeString(folder.resolve("model/tiny.safetensors"), "");
        assertThat(workspace.model(settings)).isEqualTo(ModelSource.file(file));
        assertThat(workspace.model(settings.withModel(ModelAddress.at("model/tiny.safetensors"))))
                .isEqualTo(ModelSource.file(file));
        assertThat(workspace.model(settings.withModel(ModelAddress.named("tiny.safetensors"))))
                .isEqualTo(ModelSource.file(file));
    }

    @Test
    void every_problem_of_both_files_is_reported() throws IOException {
        config("""
                model_nam: tiny
                train_iteration: 300
                rank: 0
                precision: double
                lr_scheduler_args: gamma=0.5
                lr_warmup_steps: 2000
                seed: 1.5
                resize: sv_fro
                preview_seeds: [1, x]
                preview_width: 100
                preview_sampler: eular
                non_finite_limit: 3
                timestamp: today
                state_per_seconds: -1
                model_url: somewhere
                """);
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), "- traget: krnkmd\n- target: a\n  resolution: 7\n");

        assertProblems(
                "config/krnkmd.yaml, line 1: model_name is missing; expected the name of a file",
                "line 1: model_nam is unknown; did you mean model_name?",
                "line 2: train_iteration is unknown; did you mean train_iterations?",
                "line 3: rank is 0; expected 1 or more",
                "line 4: precision is 'double'; expected one of float32, float16, bfloat16",
                "line 5: lr_scheduler_args: 'gamma' is unknown",
                "line 6: lr_warmup_steps: warmupIterations is 2000; expected at most the "
                        + TrainingSpec.builder().build().iterationsFor(List.of(), 1) + " iterations",
                "line 7: seed is '1.5'; expected a whole number",
                "line 8: resize: resize_value is missing",
                "line 9: preview_seeds is 'x'; expected a whole number",
                "line 10: preview_width is 100; expected a multiple of 8",
                "line 11: preview_sampler: scheduler is \"eular\"; expected one of DDIM",
                "line 12: non_finite_limit: has no effect",
                "line 13: timestamp is 'today'; expected a time such as 2024-12-31T23:59:59Z",
                "line 14: state_per_seconds is '-1'",
                "line 15: model_url is \"somewhere\"; expected an absolute address",
                "prompts/krnkmd.yaml, line 1: traget is unknown; did you mean target?",
                "prompts/krnkmd.yaml, line 3: resolution is 7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                "../x",
                "/etc/x",
                "C:\\x",
                "\\\\server\\x",
                "a/b",
                "a\\b",
                "CON",
                "nul.txt",
                "com1",
                "x.",
                "x ",
                " x",
                "a\u0000b",
                "a\nb",
                "."
            })
    void names_that_lead_elsewhere_are_refused(String name) {
        assertThatThrownBy(() -> LoraSettings.of(name, ModelAddress.named("tiny")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("lora_name is \"");
        assertThatThrownBy(() -> ModelAddress.named(name))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("model_name is \"");
        assertThatThrownBy(() -> workspace.load(name)).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> workspace.loraFolder(name)).isInstanceOf(InvalidSettingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../krnkmd", "CON", "other", "krnkmd."})
    void lora_name_that_is_not_the_files_is_refused_on_its_line(String name) throws IOException {
        config("model_name: tiny\nlora_name: \"" + name + "\"\n");

        assertProblems("krnkmd.yaml, line 2: lora_name is '" + name + "'; expected 'krnkmd', the file's own name");
    }

    @Test
    void model_that_is_named_outside_of_the_folder_is_refused_on_its_line() throws IOException {
        config("model_name: ../../secrets\n");

        assertProblems("krnkmd.yaml, line 1: model_name is \"../../secrets\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../outside.yaml", "some/../../../outside.yaml", "/outside.yaml"})
    void prompts_file_outside_of_the_folder_is_neither_read_nor_written(String path) throws IOException {
        Path outside = folder.resolve("outside.yaml");
        Path inner = folder.resolve("inner");
        Workspace within = Workspace.create(inner);
        String secret = "- target: secret\n";
        Files.writeString(outside, secret);
        String prompts = path.equals("/outside.yaml") ? outside.toString() : path;
        Files.writeString(
                within.configFile("krnkmd"), "pretrained_model: {name_or_path: tiny}\nprompts_file: " + prompts + "\n");

        assertThatThrownBy(() -> within.load("krnkmd"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(
                        "krnkmd.yaml, line 2: prompts_file is '" + prompts.substring(0, Math.min(60, prompts.length())))
                .hasMessageContaining("which lies outside of the workspace; expected a path within " + inner);
        assertThatThrownBy(() -> within.save(
                        LoraSettings.of("krnkmd", ModelAddress.named("tiny")),
                        List.of(PromptPair.enhance("krnkmd").build())))
                .isInstanceOf(InvalidSettingException.class);
        assertThat(outside).hasContent(secret);
    }

    @Test
    void prompts_file_may_lead_outside_and_back_in() throws IOException {
        config("pretrained_model: {name_or_path: tiny}\nprompts_file: ../../" + folder.getFileName()
                + "/prompts/krnkmd.yaml\n");

        assertThat(workspace.load("krnkmd").prompts().get(0).target()).isEqualTo("krnkmd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model_path: %s\n", "pretrained_model: {name_or_path: %s}\n"})
    void model_may_lie_outside_of_the_folder(String settings) throws IOException {
        Workspace within = Workspace.create(folder.resolve("inner"));
        Path model = Files.writeString(folder.resolve("shared.safetensors"), "");
        Files.writeString(within.promptsFolder().resolve("a.yaml"), "- target: a\n");
        for (String path : List.of("../shared.safetensors", "../shared", model.toString())) {
            Files.writeString(within.configFile("a"), settings.formatted(path));

            assertThat(within.model(within.load("a").settings())).isEqualTo(ModelSource.file(model));
        }
    }

    @Test
    void links_that_lie_in_the_folder_are_followed() throws IOException {
        Workspace within = Workspace.create(folder.resolve("inner"));
        Files.writeString(within.configFile("krnkmd"), "model_name: tiny\n");
        Files.writeString(folder.resolve("model/tiny.safetensors"), "");
        Files.delete(within.promptsFolder());
        Files.delete(within.modelFolder());
        try {
            Files.createSymbolicLink(within.promptsFolder(), workspace.promptsFolder());
            Files.createSymbolicLink(within.modelFolder(), workspace.modelFolder());
        } catch (IOException | UnsupportedOperationException e) {
            abort("no links can be made here: " + e);
        }

        LoraProject project = within.load("krnkmd");
        assertThat(project.prompts().get(0).target()).isEqualTo("krnkmd");
        assertThat(within.model(project.settings()))
                .isEqualTo(ModelSource.file(within.modelFolder().resolve("tiny.safetensors")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    example.org/a.safetensors | is "example.org/a.safetensors"; expected an absolute address
                    ftp://example.org/a.safetensors | is "ftp://example.org/a.safetensors"; expected an absolute address
                    https:///a.safetensors | is "https:///a.safetensors"; expected an absolute address
                    hf://stabilityai | is "hf://stabilityai"; expected an absolute address
                    file://example.org/ | is "file://example.org/"; expected an absolute address
                    C:/models/a.safetensors | is "C:/models/a.safetensors"; expected an absolute address
                    http://example.org/a.safetensors | is "http://example.org/a.safetensors"; expected https
                    https://me:secret@example.org/a | https://***@example.org/a holds a user's name or password
                    https://example.org/a b?t=secret | is 'https://example.org/a b?***'; expected an address
                    """)
    void address_without_a_download_is_refused_on_its_line_with_all_other_errors(String address, String problem)
            throws IOException {
        config("model_name: tiny\nmodel_url: \"" + address + "\"\nrank: 0\n");

        assertProblems("krnkmd.yaml, line 2: model_url " + problem, "krnkmd.yaml, line 3: rank is 0");
        assertThatThrownBy(() -> workspace.load("krnkmd")).hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/a.safetensors?token=x",
                "HTTPS://example.org:8443/a",
                "http://127.0.0.1:8000/a.safetensors",
                "hf://owner/repository/folder/a.safetensors",
                "file:///models/a.safetensors"
            })
    void address_of_a_download_is_read(String address) throws IOException {
        config("model_name: tiny\nmodel_url: " + address + "\n");

        assertThat(workspace.load("krnkmd").settings().model())
                .isEqualTo(ModelAddress.named("tiny", URI.create(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_name: \"https://example.org/a?sig=s3cret\"",
                "model_name: \"https://example.org/a b?sig=s3cret\"",
                "model_path: \"https://example.org/a?sig=s3cret\"",
                "model_name: tiny\nmodel_url: [\"https://example.org/a?sig=s3cret\"]",
                "model_name: tiny\nmodel_url: \"https://example.org/a?sig=s3cret",
                "model_name: tiny\nrank: https://example.org/a?sig=s3cret",
                "model_name: tiny\nhttps://example.org/a?sig=s3cret: 1",
                "model_name: tiny\nmodel_url: &https://example.org/a?sig=s3cret [",
                "model_name: tiny\nprompts_file: https://example.org/a?sig=s3cret"
            })
    void secrets_of_an_address_in_a_wrong_place_are_not_shown(String settings) throws IOException {
        config(settings + "\n");

        Throwable failure =
                catchThrowable(() -> workspace.model(workspace.load("krnkmd").settings()));

        StringWriter trace = new StringWriter();
        if (failure != null) {
            failure.printStackTrace(new PrintWriter(trace));
        }
        assertThat(trace.toString()).doesNotContain("s3cret");
    }

    @Test
    void secrets_of_an_address_are_not_shown() throws IOException {
        config("model_name: tiny\nmodel_url: \"https://user:secret@example.org/a b?token=secret\"\n");

        assertThatThrownBy(() -> workspace.load("krnkmd"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("model_url is 'https://***@example.org/a b?***'")
                .hasMessageNotContaining("secret");
        URI url = URI.create("https://example.org/a?token=secret");
        assertThat(LoraSettings.of("krnkmd", ModelAddress.named("tiny", url)).toString())
                .contains("example.org/a")
                .doesNotContain("secret");
    }

    @Test
    void unknown_name_is_refused_with_the_nearest_one() throws IOException {
        config("model_name: tiny\n");

        assertThatThrownBy(() -> workspace.load("krnkm"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("There are no settings for 'krnkm'")
                .hasMessageContaining("did you mean krnkmd?");
    }

    @Test
    void keys_that_leco_ignores_are_warned_about_in_its_layout_alone() throws IOException {
        config("pretrained_model: {name_or_path: tiny}\ntrain: {batch_size: 2}\npreview_step: 3\n");
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), "- {target: krnkmd, note: x}\n");
        List<String> warnings = new ArrayList<>();

        workspace.load("krnkmd", warnings::add);

        assertThat(warnings).hasSize(2);
        assertThat(warnings.get(0))
                .contains("train.batch_size (line 2), preview_step (line 3; did you mean preview_steps?)");
        assertThat(warnings.get(1)).contains("prompts", "krnkmd.yaml: without effect", "note (line 1)");

        config("model_name: tiny\n");
        assertThatThrownBy(() -> workspace.load("krnkmd")).hasMessageContaining("line 1: note is unknown");
    }

    @Test
    void a_prompts_file_that_is_nowhere_is_named_with_the_places() throws IOException {
        config("pretrained_model: {name_or_path: tiny}\nprompts_file: ./examples/none.yaml\n");
        Files.deleteIfExists(folder.resolve("prompts/krnkmd.yaml"));

        assertThatThrownBy(() -> workspace.load("krnkmd"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("line 2: prompts_file is './examples/none.yaml', which is neither in "
                        + workspace.configFolder() + " nor in " + workspace.folder())
                .hasMessageContaining(
                        workspace.promptsFolder().resolve("krnkmd.yaml").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_path: \"D:\\new\"",
                "model_path: \"D:\\models\"",
                "{prompts_file: \"D:\\Lora\\x.yaml\", pretrained_model: {name_or_path: tiny}}",
                "{pretrained_model: {name_or_path: \"D:\\base\"}}",
                "{save: {path: \"D:\\0\"}, pretrained_model: {name_or_path: tiny}}"
            })
    void paths_of_windows_in_double_quotes_are_explained(String line) throws IOException {
        config(line + "\n");

        assertThatThrownBy(() -> workspace.load("krnkmd"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("krnkmd.yaml, line 1: ")
                .hasMessageContaining("in double quotes \\ begins an escape")
                .hasMessageContaining("use single quotes");
    }

    @Test
    void control_characters_in_its_own_path_are_refused() {
        assertThatThrownBy(() -> Workspace.create(folder.resolve("a\tb")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("a path without control characters");
    }

    @Test
    void folder_that_is_no_workspace_is_refused() {
        assertThatThrownBy(() -> Workspace.open(folder.resolve("lora")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("is no workspace")
                .hasMessageContaining("config");
    }

    @Test
    void names_are_those_of_the_settings() throws IOException {
        config("model_name: tiny\n");
        Files.writeString(workspace.configFile("alice"), "");
        Files.writeString(folder.resolve("config/notes.txt"), "");
        Files.writeString(folder.resolve("config/.hidden.yaml"), "");

        assertThat(workspace.names()).containsExactly("alice", "krnkmd");
    }

    @Test
    void broken_settings_are_not_overwritten() throws IOException {
        String broken = "model_name: tiny\nrank: many\n";
        config(broken);

        assertThatThrownBy(() -> workspace.save(
                        LoraSettings.of("krnkmd", ModelAddress.named("tiny")),
                        List.of(PromptPair.enhance("krnkmd").build())))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("line 2: rank is 'many'");
        assertThat(workspace.configFile("krnkmd")).hasContent(broken);
    }

    @Test
    void no_temporary_file_is_left() throws IOException {
        workspace.save(
                LoraSettings.of("alice", ModelAddress.named("tiny")),
                List.of(PromptPair.enhance("alice").build()));

        try (Stream<Path> files = Files.list(workspace.configFolder())) {
            assertThat(files).containsExactly(workspace.configFile("alice"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_name: tiny\nrank: 1\nrank: 2\n",
                "preview_places: [[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
                "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nmodel_name: tiny\n",
                "model_name: {a: b}\n",
                "model_name: [tiny]\n",
                "model_name: !!java.net.URL [\"http://localhost\"]\n",
                "seed: 99999999999999999999\nmodel_name: tiny",
                "seed: 1e999999999\nmodel_name: tiny",
                "state_per_seconds: 1e-999999999\nmodel_name: tiny",
                "model_name: tiny\n<<: *nothing\n",
                "model_name: tiny\n\u0001",
                "- model_name: tiny\n",
                "preview_seeds: {1: 2}\nmodel_name: tiny"
            })
    void hostile_settings_are_refused_naming_the_file(String text) throws IOException {
        config(text);

        assertProblems(workspace.configFile("krnkmd").toString());
    }

    @Test
    void long_numbers_and_lists_are_refused_in_no_time() throws IOException {
        config("model_name: tiny\nseed: " + "9".repeat(200_000) + "\n");
        assertProblems("line 2: seed is '999");

        config("model_name: tiny\npreview_seeds: [" + "1,".repeat(100_000) + "1]\n");
        assertProblems("line 2: preview_seeds: preview_prompts, preview_places and preview_seeds make 600006 images");
    }

    @ParameterizedTest
    @EnumSource(SettingKey.class)
    void every_key_stands_in_the_documentation(SettingKey key) throws IOException {
        String row = key == SettingKey.MODEL_PATH ? "| `model_path`" : "| `" + key.flat() + "` |";

        assertThat(Path.of("docs/workspace.md")).content().contains(row);
    }

    @Test
    void documented_example_can_be_read() throws IOException {
        String document = Files.readString(Path.of("docs/workspace.md"));
        config(codeAfter(document, "`config/krnkmd.yaml`"));
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), codeAfter(document, "`prompts/krnkmd.yaml`"));

        LoraProject project = workspace.load("krnkmd");

        assertThat(project.settings().spec().modelUse().precision()).isEqualTo(Precision.FP32);
        assertThat(project.settings().resize()).isEqualTo(Optional.of(ResizeSpec.by(new RankRule.Frobenius(0.95))));
        assertThat(project.prompts()).hasSize(2);
    }

    private static String codeAfter(String document, String words) {
        int start = document.indexOf("```yaml\n", document.indexOf(words)) + "```yaml\n".length();
        return document.substring(start, document.indexOf("```", start));
    }

    private void assertProblems(String... expected) {
        InvalidSettingException thrown =
                catchThrowableOfType(InvalidSettingException.class, () -> workspace.load("krnkmd"));
        assertThat(thrown).isNotNull().message().contains(expected);
        assertThat(thrown.getMessage().length()).isLessThan(8000);
    }

    private void config(String text) throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), text);
    }
}
