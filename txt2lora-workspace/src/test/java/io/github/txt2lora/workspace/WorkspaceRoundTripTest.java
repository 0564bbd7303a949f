package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.ops.ResizeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkspaceRoundTripTest {

    private static final String COMMENTED = """
            # The maid.
            model_name: "tiny"   # from the attic
            train_iterations: 20 # few

            # Last words.
            train_lr: 1e-3
            preview_places:
              - garden  # roses
              - sea
            # The end.
            """;

    private static final String COMMENTED_PROMPTS = """
            # Who she is.
            - target: krnkmd # a new word
              positive: >-
                black hair,
                cat ears
              action: enhance
            # Nothing else changes.
            - target: ""
              action: enhance
            """;

    private static final String LECO = """
            prompts_file: "./prompts.yaml"
            pretrained_model:
              name_or_path: "tiny" # not in the folder model
              v2: false
            network:
              rank: 4 # small
            train:
              iterations: 10
            # no section save
            """;

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void create() {
        workspace = Workspace.create(folder);
    }

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void what_is_saved_is_loaded(int seed) {
        LoraProject project = new RandomProjects(seed).next("krnkmd");

        workspace.save(project);

        assertThat(workspace.load("krnkmd")).isEqualTo(project);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void what_is_saved_over_another_project_is_loaded(int seed) throws IOException {
        RandomProjects projects = new RandomProjects(seed);
        Files.writeString(workspace.configFile("krnkmd"), seed % 2 == 0 ? COMMENTED : LECO);
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), COMMENTED_PROMPTS);
        workspace.save(projects.next("krnkmd"));
        LoraProject project = projects.next("krnkmd");

        workspace.save(project);

        assertThat(workspace.load("krnkmd")).isEqualTo(project);
        assertThat(config()).contains(seed % 2 == 0 ? "# few" : "# small");
    }

    @Test
    void saving_what_was_loaded_leaves_all_bytes() throws IOException {
        String config = "\ufeff" + COMMENTED.replace("\n", "\r\n");
        write(config, COMMENTED_PROMPTS);

        workspace.save(workspace.load("krnkmd"));

        assertThat(config()).isEqualTo(config);
        assertThat(prompts()).isEqualTo(COMMENTED_PROMPTS);
    }

    @Test
    void only_changed_keys_are_edited_and_new_ones_come_last() throws IOException {
        write(COMMENTED, COMMENTED_PROMPTS);
        LoraSettings settings = workspace.load("krnkmd").settings();

        workspace.save(
                settings.withSpec(settings.spec().toBuilder()
                                .iterations(300)
                                .modelUse(use -> use.withPrecision(Precision.BF16))
                                .build())
                        .withResize(ResizeSpec.toRank(2))
                        .withPreview(PreviewSettings.builder()
                                .places(List.of("garden", "moon: \"dark\""))
                                .build()),
                workspace.load("krnkmd").prompts());

        assertThat(config()).isEqualTo("""
                # The maid.
                model_name: "tiny"   # from the attic
                train_iterations: 300 # few

                # Last words.
                train_lr: 1e-3
                preview_places: ["garden", "moon: \\"dark\\""]
                precision: bfloat16
                resize: fixed
                resize_value: 2
                # The end.
                """);
        assertThat(prompts()).isEqualTo(COMMENTED_PROMPTS);
    }

    @Test
    void a_value_that_is_gone_takes_its_line_along() throws IOException {
        write("model_name: tiny\nmax_grad_norm: 1 # careful\nseed: 3\n", COMMENTED_PROMPTS);
        LoraSettings settings = workspace.load("krnkmd").settings();

        workspace.save(
                settings.withSpec(settings.spec().toBuilder()
                        .maxGradientNorm(OptionalDouble.empty())
                        .build()),
                workspace.load("krnkmd").prompts());

        assertThat(config()).isEqualTo("model_name: tiny\nseed: 3\n");
    }

    @Test
    void lecos_layout_is_kept() throws IOException {
        write(LECO, COMMENTED_PROMPTS);
        LoraSettings settings = workspace.load("krnkmd").settings();

        workspace.save(
                settings.withSpec(settings.spec().toBuilder()
                        .iterations(11)
                        .learningRate(1e-3)
                        .saving(saving -> saving.withPrecision(Precision.FP16).withEveryIterations(5))
                        .seed(7)
                        .build()),
                workspace.load("krnkmd").prompts());

        assertThat(config()).isEqualTo("""
                prompts_file: "./prompts.yaml"
                pretrained_model:
                  name_or_path: "tiny" # not in the folder model
                  v2: false
                network:
                  rank: 4 # small
                train:
                  iterations: 11
                  lr: 0.001
                seed: 7
                save:
                  precision: float16
                  per_steps: 5
                # no section save
                """);
    }

    @Test
    void changed_and_new_prompts_leave_the_others() throws IOException {
        write(COMMENTED, COMMENTED_PROMPTS);
        List<PromptPair> prompts = workspace.load("krnkmd").prompts();
        PromptPair changed = prompts.get(0).toBuilder()
                .positive("black hair")
                .resolution(256)
                .build();

        workspace.save(
                workspace.load("krnkmd").settings(),
                List.of(changed, prompts.get(1), PromptPair.preserve("1girl").build()));

        assertThat(prompts()).isEqualTo("""
                # Who she is.
                - target: krnkmd # a new word
                  positive: "black hair"
                  action: enhance
                  resolution: 256
                # Nothing else changes.
                - target: ""
                  action: enhance
                - target: "1girl"
                  action: enhance
                  guidance_scale: 1.0
                  resolution: 512
                """);
    }

    static Stream<String> unusualWays() {
        return Stream.of(
                "{model_name: tiny, rank: 2}",
                "? model_name\n: tiny\n",
                "model_name: tiny\nrank: &r 2\nalpha: *r\n",
                "model_name: tiny\nrank:\n  2\nalpha: 3",
                "model_name: |-\n  tiny\nrank:\nalpha: 2",
                "--- \nmodel_name: tiny\nrank: 2\n...\n",
                "model_name: \"ti\\\n  ny\"\nrank: 2",
                "\"model_name\": tiny\n'rank': 2 # two\n",
                "# \ud83d\ude00\nmodel_name: tiny # \ud83d\ude00\nrank: 2\n");
    }

    @ParameterizedTest
    @MethodSource("unusualWays")
    void unusual_ways_of_writing_are_edited_or_written_anew(String text) throws IOException {
        write(text, COMMENTED_PROMPTS);
        LoraProject project = workspace.load("krnkmd");
        LoraSettings settings = project.settings();
        LoraSettings changed = settings.withSpec(settings.spec().toBuilder()
                .lora(settings.spec().lora().toBuilder().rank(16).alpha(5).build())
                .seed(-1)
                .build());

        workspace.save(changed, project.prompts());

        assertThat(workspace.load("krnkmd").settings()).isEqualTo(changed);
    }

    private void write(String config, String prompts) throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), config);
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), prompts);
    }

    private String config() throws IOException {
        return Files.readString(workspace.configFile("krnkmd"));
    }

    private String prompts() throws IOException {
        return Files.readString(folder.resolve("prompts/krnkmd.yaml"));
    }
}
