package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A workspace whose prompts are kohya's. */
class TomlWorkspaceTest {

    private static final String SLIDER =
            "# hair\n[[targets]]\ntarget_class = \"1girl\"\npositive = \"long hair\"\nnegative = \"short hair\"\n";

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder.resolve("workspace"));
        Files.writeString(workspace.configFile("hair"), "model_name: tiny\n");
    }

    private Path prompts(String toml) throws IOException {
        return Files.writeString(workspace.promptsFolder().resolve("hair.toml"), toml);
    }

    private List<PromptPair> load() {
        return workspace.load("hair", warning -> {}).prompts();
    }

    @Test
    void prompts_may_be_toml_in_the_place_of_yaml() throws IOException {
        Path file = prompts(SLIDER);

        assertThat(load()).extracting(PromptPair::multiplier).containsExactly(1.0, 1.0, -1.0, -1.0);
        assertThat(workspace.promptsFile("hair")).isEqualTo(file);
    }

    @Test
    void prompts_in_both_places_are_refused() throws IOException {
        Path toml = prompts(SLIDER);
        Path yaml = Files.writeString(workspace.promptsFolder().resolve("hair.yaml"), "- target: hair\n");

        assertThatThrownBy(this::load)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("there are " + yaml + " and " + toml
                        + "; expected the prompts in one of them: remove the other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slider.toml", "../config/slider.toml", "config/slider.toml"})
    void lecos_prompts_file_may_be_toml(String path) throws IOException {
        Files.writeString(workspace.configFolder().resolve("slider.toml"), SLIDER);
        Files.writeString(
                workspace.configFile("hair"),
                "pretrained_model: {name_or_path: tiny}\nsave: {name: hair}\nprompts_file: " + path + "\n");

        assertThat(load()).hasSize(4);
    }

    @Test
    void a_configuration_of_leco_may_name_toml_anywhere() throws IOException {
        Files.writeString(folder.resolve("neutrals.txt"), "a\nb\n");
        Files.createDirectories(folder.resolve("prompts"));
        Files.writeString(
                folder.resolve("prompts/slider.toml"), "neutral_prompt_file = \"../neutrals.txt\"\n" + SLIDER);
        Files.writeString(folder.resolve("tiny.safetensors"), "");
        Path config = Files.writeString(
                folder.resolve("config.yaml"),
                "prompts_file: prompts/slider.toml\npretrained_model: {name_or_path: tiny}\n");

        assertThat(LecoConfigFile.read(config).toTraining().prompts()).hasSize(8);
    }

    @Test
    void neutral_prompts_outside_of_the_workspace_are_not_read() throws IOException {
        Files.writeString(folder.resolve("secret.txt"), "secret\n");
        Files.writeString(workspace.promptsFolder().resolve("inside.txt"), "photo\n");
        for (String path :
                List.of("../../secret.txt", folder.resolve("secret.txt").toString())) {
            prompts("neutral_prompt_file = '" + path + "'\n" + SLIDER);

            assertThatThrownBy(this::load)
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("hair.toml, line 1, column 1: neutral_prompt_file is ")
                    .hasMessageContaining(
                            "which lies outside of the workspace; expected a path within " + workspace.folder());
        }
        prompts("neutral_prompt_file = '../prompts/inside.txt'\n" + SLIDER);
        assertThat(load()).extracting(PromptPair::neutral).containsOnly("photo");
    }

    @Test
    void what_did_not_change_is_saved_as_it_was() throws IOException {
        Path file = prompts(SLIDER);
        LoraProject project = workspace.load("hair", warning -> {});

        workspace.save(project.settings(), project.prompts());

        assertThat(file).hasContent(SLIDER);
        assertThat(workspace.promptsFolder().resolve("hair.yaml")).doesNotExist();
    }

    @Test
    void other_prompts_are_saved_as_toml() throws IOException {
        Path file = prompts(SLIDER);
        LoraProject project = workspace.load("hair", warning -> {});
        List<PromptPair> changed = List.of(PromptPair.enhance("hair")
                .positive("long \"hair\"")
                .resolution(768, 512)
                .build());

        workspace.save(project.settings(), changed);

        assertThat(file).content().isEqualTo("""
            [[prompts]]
            target = "hair"
            positive = "long \\"hair\\""
            action = "enhance"
            guidance_scale = 1.0
            resolution = [768, 512]
            """);
        assertThat(load()).isEqualTo(changed);
    }

    @Test
    void a_new_lora_does_not_take_a_name_that_has_prompts() throws IOException {
        Files.delete(workspace.configFile("hair"));
        Path file = prompts(SLIDER);
        LoraTemplate template = LoraTemplate.of("x", "model_name: tiny\n");
        LoraDraft draft = new LoraDraft("hair", Map.of("positive", "b"), Optional.empty(), 1);

        assertThatThrownBy(() -> NewLoras.read(workspace, List.of(draft), name -> template, false))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("'hair' already exists, as " + file);
    }
}
