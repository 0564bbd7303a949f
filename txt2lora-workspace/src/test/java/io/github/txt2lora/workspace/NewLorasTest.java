package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Slider;
import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewLorasTest {

    private static final LoraTemplate PLAIN = LoraTemplate.of("example", "# The LoRA example.\nmodel_name: tiny\n");

    @TempDir
    private Path folder;

    private Workspace workspace;

    @BeforeEach
    void make() {
        workspace = Workspace.create(folder);
    }

    @Test
    void nothing_is_written_until_it_is_asked_for() {
        NewLoras added = read(draft("a"), draft("b"));

        assertThat(workspace.names()).isEmpty();
        assertThat(added.files())
                .containsExactly(
                        workspace.promptsFile("a"),
                        workspace.configFile("a"),
                        workspace.promptsFile("b"),
                        workspace.configFile("b"));
        added.write();
        assertThat(workspace.load("a")).isEqualTo(added.projects().get(0));
        assertThat(workspace.load("b")).isEqualTo(added.projects().get(1));
    }

    @Test
    void what_was_written_before_a_failure_is_taken_back() throws IOException {
        Files.writeString(workspace.configFile("a"), "model_name: tiny # mine\n");
        Files.writeString(workspace.promptsFile("a"), "- {target: a, positive: mine, action: enhance}\n");
        NewLoras added = NewLoras.read(workspace, List.of(draft("a"), draft("b"), draft("c")), name -> PLAIN, true);
        Files.createDirectory(workspace.configFile("c"));

        assertThatThrownBy(added::write)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(workspace.configFile("c").toString());

        assertThat(workspace.configFile("a")).hasContent("model_name: tiny # mine\n");
        assertThat(workspace.promptsFile("a")).hasContent("- {target: a, positive: mine, action: enhance}\n");
        assertThat(workspace.configFolder().toFile().list()).containsExactlyInAnyOrder("a.yaml", "c.yaml");
        assertThat(workspace.promptsFolder().toFile().list()).containsExactly("a.yaml");
    }

    @Test
    void an_interrupt_takes_back_what_was_written_and_stays() {
        NewLoras added = read(draft("a"), draft("b"));

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(added::write).isInstanceOf(StorageException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(workspace.names()).isEmpty();
        assertThat(workspace.promptsFolder()).isEmptyDirectory();
    }

    @Test
    void a_file_that_another_program_makes_meanwhile_stays() throws IOException {
        NewLoras added = read(draft("a"), draft("b"));
        Files.writeString(workspace.configFile("b"), "mine");

        assertThatThrownBy(added::write)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(workspace.configFile("b") + " has just been made");

        assertThat(workspace.configFile("b")).hasContent("mine");
        assertThat(workspace.configFile("a")).doesNotExist();
    }

    @Test
    void prompts_that_a_killed_process_left_are_no_obstacle() throws IOException {
        NewLoras added = read(draft("a"));
        added.write();
        Files.delete(workspace.configFile("a"));

        read(draft("a")).write();

        assertThat(workspace.load("a")).isEqualTo(added.projects().get(0));
    }

    @Test
    void a_link_in_the_place_of_a_file_is_refused() throws IOException {
        Files.createSymbolicLink(workspace.promptsFile("a"), folder.resolve("elsewhere"));

        assertThatThrownBy(() -> read(draft("a")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is a link to");
    }

    @Test
    void details_of_a_setting_go_with_it() {
        LoraTemplate resized = LoraTemplate.of("example", """
                model_path: elsewhere
                resize: sv_fro
                resize_value: 0.9
                loss_weighting: min_snr
                min_snr_gamma: 3
                """);
        LoraDraft draft = draft(
                "a", Map.of("positive", "x", "resize", "none", "loss_weighting", "uniform", "model_name", "tiny"));

        LoraSettings settings = NewLoras.read(workspace, List.of(draft), name -> resized, false)
                .projects()
                .get(0)
                .settings();

        assertThat(settings).isEqualTo(LoraSettings.of("a", ModelAddress.named("tiny")));
    }

    @Test
    void prompts_of_the_preview_name_the_new_target() throws IOException {
        Files.writeString(workspace.configFile("old (x)"), """
                model_name: tiny
                preview_prompts: ["old \\\\(x\\\\), smile", "older, sky"]
                """);
        Files.writeString(workspace.promptsFile("old (x)"), "- {target: old (x), positive: y, action: enhance}\n");
        LoraTemplate template = LoraTemplate.like(workspace, "old (x)");

        LoraProject project = NewLoras.read(
                        workspace,
                        List.of(draft("a", Map.of("positive", "z", "target", "new [y]"))),
                        name -> template,
                        false)
                .projects()
                .get(0);

        assertThat(project.settings().preview().prompts()).containsExactly("new \\[y\\], smile", "older, sky");
    }

    @Test
    void settings_in_lecos_layout_are_taken_over_without_their_prompts_file() throws IOException {
        Files.writeString(workspace.configFile("old"), """
                prompts_file: prompts/old.yaml
                pretrained_model: {name_or_path: model/tiny}
                train: {iterations: 20}
                """);
        Path prompts = Files.writeString(
                workspace.promptsFile("old"), "- {target: old, positive: y, action: enhance, batch_size: 2}\n");
        LoraTemplate template = LoraTemplate.like(workspace, "old");

        NewLoras.read(workspace, List.of(draft("a")), name -> template, false).write();

        assertThat(prompts).hasContent("- {target: old, positive: y, action: enhance, batch_size: 2}\n");
        assertThat(workspace.load("a").settings())
                .isEqualTo(workspace.load("old").settings().withName("a"));
        assertThat(workspace.load("a").prompts().get(0).batchSize()).isEqualTo(2);
    }

    @Test
    void a_name_of_its_own_in_the_settings_is_changed() throws IOException {
        Files.writeString(workspace.configFile("old"), "lora_name: old # the LoRA old\nmodel_name: tiny\n");
        Files.writeString(workspace.promptsFile("old"), "- {target: old, positive: y, action: enhance}\n");
        LoraTemplate template = LoraTemplate.like(workspace, "old");

        NewLoras.read(workspace, List.of(draft("a")), name -> template, false).write();

        assertThat(workspace.configFile("a")).hasContent("lora_name: \"a\" # the LoRA a\nmodel_name: tiny\n");
    }

    @Test
    void a_draft_with_two_ends_becomes_a_slider_that_can_be_changed() {
        Map<String, String> values =
                Map.of("target", "1girl", "low", "short hair", "high", "long hair", "resolution", "96");
        read(new LoraDraft("hair", values, Optional.empty(), 1)).write();

        assertThat(workspace.load("hair").prompts())
                .startsWith(Slider.between("short hair", "long hair")
                        .of("1girl")
                        .withResolution(96)
                        .pairs()
                        .toArray(PromptPair[]::new));
    }

    @Test
    void a_character_that_is_like_a_slider_has_its_resolution_and_not_its_strength() {
        Map<String, String> slider = Map.of(
                "target", "1girl", "low", "short hair", "high", "long hair", "resolution", "96", "batch_size", "2");
        read(new LoraDraft("hair", slider, Optional.empty(), 1)).write();
        LoraDraft maid = new LoraDraft("maid", Map.of("positive", "cat ears"), Optional.empty(), 1);

        NewLoras.read(workspace, List.of(maid), name -> LoraTemplate.like(workspace, "hair"), false)
                .write();

        assertThat(workspace.load("maid").prompts())
                .containsExactly(PromptPair.enhance("maid")
                        .positive("cat ears")
                        .resolution(96)
                        .batchSize(2)
                        .build());
    }

    @Test
    void a_slider_without_a_target_acts_on_every_prompt() {
        read(new LoraDraft("hair", Map.of("low", "short hair", "high", "long hair"), Optional.empty(), 1))
                .write();

        assertThat(workspace.load("hair").prompts())
                .filteredOn(pair -> !pair.preserves())
                .extracting(PromptPair::target)
                .containsExactly("", "");
    }

    @Test
    void a_slider_with_a_neutral_prompt_is_refused() {
        Map<String, String> values = Map.of("low", "short hair", "high", "long hair", "neutral", "1girl");

        assertThatThrownBy(() -> read(new LoraDraft("hair", values, Optional.empty(), 1)))
                .hasMessageContaining("neutral is given beside low and high");
    }

    @Test
    void no_draft_is_refused() {
        assertThatThrownBy(this::read)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("drafts");
    }

    private NewLoras read(LoraDraft... drafts) {
        return NewLoras.read(workspace, List.of(drafts), name -> PLAIN, false);
    }

    private static LoraDraft draft(String name) {
        return draft(name, Map.of("positive", "looks of " + name));
    }

    private static LoraDraft draft(String name, Map<String, String> values) {
        return new LoraDraft(name, values, Optional.empty(), 1);
    }
}
