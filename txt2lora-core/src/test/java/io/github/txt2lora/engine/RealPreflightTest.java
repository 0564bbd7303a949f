package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.Estimate;
import io.github.txt2lora.batch.Preflight;
import io.github.txt2lora.checkpoint.Bfloat16Copy;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look at models with the engine that really trains. */
class RealPreflightTest {

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void create() {
        workspace = Workspace.create(folder);
        SyntheticCheckpoint.write(folder.resolve("model/tiny"), StableDiffusion.SDXL);
    }

    @Test
    void good_settings_are_estimated_and_nothing_is_changed() throws IOException {
        project("krnkmd", "model_name: tiny\n");

        Preflight preflight = Preflight.check(workspace, BatchOptions.onlyOne());

        assertThat(preflight.problems()).isEmpty();
        assertThat(preflight.isPassed()).isTrue();
        assertThat(preflight.estimates())
                .singleElement()
                .satisfies(estimate -> assertThat(estimate.family()).isEqualTo("Stable Diffusion XL"));
        assertThat(preflight.memoryBytes()).isGreaterThan(400L << 20);
        assertThat(preflight.time()).isPositive();
        assertThat(workspace.loraFolder()).isEmptyDirectory();
    }

    @Test
    void a_model_in_bfloat16_is_ready() throws IOException {
        Bfloat16Copy.write(folder.resolve("model/tiny"), folder.resolve("model/bf16"), tensor -> true);
        Bfloat16Copy.write(
                folder.resolve("model/tiny"),
                folder.resolve("model/mixed"),
                tensor -> tensor.name().contains("attn"));
        project("krnkmd", "model_name: bf16\n");
        project("mixed", "model_name: mixed\n");

        assertThat(Preflight.check(workspace, BatchOptions.everything()).problems())
                .isEmpty();
    }

    @Test
    void all_settings_are_looked_at_whatever_is_wrong_with_the_first() throws IOException {
        project("a.safetensors", "model_name: tiny\n");
        project("con", "model_name: tiny\n");
        project("good", "model_name: tiny\n");
        project("narrow", "model_name: tiny\nrank: 0\n");

        Preflight preflight = Preflight.check(workspace, BatchOptions.everything());

        assertThat(preflight.problems()).hasSize(3);
        assertThat(preflight.problems().get(0))
                .startsWith(workspace.configFolder() + ": lora_name is \"a.safetensors\"")
                .contains("without .safetensors");
        assertThat(preflight.problems().get(1)).contains("lora_name is \"con\"");
        assertThat(preflight.problems().get(2)).contains("narrow.yaml, line 2: rank");
        assertThat(preflight.estimates()).extracting(Estimate::name).containsExactly("good");
    }

    @Test
    void more_work_is_estimated_longer_and_larger() throws IOException {
        // without trajectories, which take the same work however many iterations there are
        String settings = "model_name: tiny\nlatents: noise\npreservation_latents: shared\ntrain_lr: 1e-4\n";
        project("krnkmd", settings + "train_iterations: 1000\n");
        project("larger", settings + "train_iterations: 2000\nrank: 8\npreview: false\n");

        Preflight preflight = Preflight.check(workspace, BatchOptions.everything());

        Estimate small = preflight.estimates().get(0);
        Estimate large = preflight.estimates().get(1);
        assertThat(large.trainingTime().toSeconds())
                .isBetween(
                        small.trainingTime().multipliedBy(2).toSeconds() - 2,
                        small.trainingTime().multipliedBy(2).toSeconds() + 2);
        assertThat(large.diskBytes()).isGreaterThan(small.diskBytes());
        assertThat(large.previewTime()).isZero();
    }

    @Test
    void every_problem_of_every_lora_is_listed() throws IOException {
        Files.writeString(folder.resolve("model/login.safetensors"), "<html>please log in</html>");
        project("a", "model_name: tiny\nrank: 0\nalpha: x\n");
        project("b", "model_name: login\n");
        project("c", "model_name: missing\n");
        project("d", "model_name: tiny\n");
        project("D", "model_name: tiny\n");
        project("e", "model_name: far\nmodel_url: https://example.org/far.safetensors\n");

        Preflight preflight = Preflight.check(workspace, BatchOptions.everything());

        assertThat(preflight.isPassed()).isFalse();
        assertThat(preflight.problems())
                .anyMatch(problem -> problem.contains("a.yaml, line 2: rank"))
                .anyMatch(problem -> problem.contains("a.yaml, line 3: alpha"))
                .anyMatch(problem -> problem.contains("b.yaml: ") && problem.contains("login.safetensors"))
                .anyMatch(problem -> problem.contains("c.yaml: model_name is 'missing'"))
                .anyMatch(problem -> problem.contains("D and d differ only in case"))
                .hasSize(5);
        assertThat(preflight.warnings()).singleElement().asString().contains("https://example.org/far.safetensors");
    }

    @Test
    void what_each_entry_does_is_told_and_what_hardly_anybody_means_is_warned_about() throws IOException {
        project("krnkmd", "model_name: tiny\n");
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), """
                - {target: krnkmd, positive: maid, action: enhance}
                - {target: 1girl, action: enhance}
                - {target: dog, positive: ears}
                """);

        Preflight preflight = Preflight.check(workspace, BatchOptions.onlyOne());

        assertThat(preflight.prompts().get("krnkmd"))
                .extracting(PromptPair::inWords)
                .containsExactly("krnkmd learns: maid", "1girl is kept", "dog loses: ears");
        assertThat(preflight.warnings()).singleElement().asString().contains("line 3: target 'dog' has a positive but");
    }

    @Test
    void prompts_that_teach_nothing_are_a_problem() throws IOException {
        project("krnkmd", "model_name: tiny\n");
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), "- {target: krnkmd, action: enhance}\n");

        assertThat(Preflight.check(workspace, BatchOptions.onlyOne()).problems())
                .singleElement()
                .asString()
                .contains("krnkmd.yaml, line 1: the prompts teach nothing");
    }

    @Test
    void resolution_that_memory_does_not_suffice_for_is_a_problem() throws IOException {
        project("krnkmd", "model_name: tiny\npreview: false\n");
        Files.writeString(workspace.promptsFolder().resolve("krnkmd.yaml"), "- target: krnkmd\n  resolution: 65536\n");

        Preflight preflight = Preflight.check(workspace, BatchOptions.onlyOne());

        assertThat(preflight.estimates()).hasSize(1);
        assertThat(preflight.problems())
                .singleElement()
                .asString()
                .contains("krnkmd.yaml: the training takes about ", " of memory at resolution 65536 and batch size 1");
    }

    @Test
    void disk_without_space_is_a_problem() throws IOException {
        project("krnkmd", "model_name: tiny\nrank: 2000000000\nsave_per_steps: 1\ntrain_iterations: 2000000000\n");

        assertThat(Preflight.check(workspace, BatchOptions.onlyOne()).problems())
                .singleElement()
                .asString()
                .contains("left; expected about");
    }

    private void project(String name, String settings) throws IOException {
        // names that no LoRA can have are tried too
        Files.writeString(workspace.configFolder().resolve(name + ".yaml"), settings);
        Files.writeString(workspace.promptsFolder().resolve(name + ".yaml"), "- target: krnkmd\n");
    }
}
