package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.TrainingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of a command line. */
class SettingOverridesTest {

    private static final String FLAT =
            "model_name: tiny\ntrain_iterations: 1000\nrank: 8\noptimizer: adam\noptimizer_args: eps=1e-6\n";

    private static final String LECO = "pretrained_model:\n  name_or_path: tiny\ntrain:\n  lr: 0.5\n";

    @TempDir
    private Path folder;

    private Workspace workspace;

    @BeforeEach
    void createWorkspace() throws IOException {
        workspace = Workspace.create(folder);
        Files.writeString(
                workspace.promptsFolder().resolve("krnkmd.yaml"), "- target: a\n  action: enhance\n  positive: b\n");
        Files.writeString(workspace.configFile("krnkmd"), FLAT);
    }

    @Test
    void come_before_the_file_which_stays_as_it_is() throws IOException {
        LoraSettings settings = load(Map.of("train_lr", "1e-3", "preview_places", "[kitchen, \"sea, beach\"]"));

        assertThat(settings.spec().learningRate()).hasValue(1e-3);
        assertThat(settings.spec().lora().rank()).hasValue(8);
        assertThat(settings.preview().places()).containsExactly("kitchen", "sea, beach");
        assertThat(workspace.configFile("krnkmd")).content().isEqualTo(FLAT);
        assertThat(workspace.load("krnkmd").settings().spec().learningRate()).isEmpty();
    }

    @Test
    void details_go_with_what_they_belong_to() {
        assertThat(load(Map.of("optimizer", "lion")).spec().optimizer()).contains(OptimizerSpec.lion());
        assertThat(load(Map.of("optimizer_args", "eps=1e-5")).spec().optimizer())
                .contains(new OptimizerSpec.Adam(0.9, 0.999, 1e-5, 0));
        assertThat(load(Map.of("optimizer", "Auto")).spec().optimizer()).isEmpty();
        assertThat(load(Map.of("model_path", "elsewhere")).model()).isEqualTo(new ModelAddress.At("elsewhere"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rnak | 8 | --set: the key 'rnak' is unknown; did you mean rank?",
                "rank | 0 | --set: rank is 0; expected 1 or more",
                "rank | x | --set: rank is 'x'; expected a whole number",
                "rank | '' | --set: rank is ''; expected a whole number",
                "precision | double | --set: precision is 'double'; expected one of float32, float16, bfloat16",
                "lr_warmup_steps | 2000 | --set: lr_warmup_steps: warmupIterations is 2000; expected at most the 1000",
                "preview_seeds | [1, x] | --set: preview_seeds is 'x'; expected a whole number",
                "optimizer | adaw | --set: optimizer is 'adaw'; expected one of Muon, AdamW",
                "lora_name | other | --set: lora_name is 'other'; expected 'krnkmd'",
                "non_finite_limit | 3 | --set: non_finite_limit: has no effect; expected it beside non_finite"
            })
    void are_refused_as_in_a_file(String key, String value, String message) {
        assertThatThrownBy(() -> load(Map.of(key, value)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void name_keys_of_either_layout() throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), LECO);

        TrainingSpec spec = load(Map.of("train.lr", "2", "network.rank", "7", "seed", "5", "latents", "noise"))
                .spec();

        assertThat(spec.learningRate()).hasValue(2);
        assertThat(spec.lora().rank()).hasValue(7);
        assertThat(spec.seed()).isEqualTo(5);
        assertThat(spec.iterations()).hasValue(500);
        assertThatThrownBy(() -> load(Map.of("train.lr", "-1")))
                .hasMessageStartingWith("--set: train.lr: learningRate is -1.0; expected a number greater than 0");
        assertThatThrownBy(() -> load(Map.of("train.lr", "1", "train_lr", "1")))
                .hasMessage("--set: train_lr is given twice; remove one of them");
    }

    @Test
    void leave_iterations_and_learning_rate_to_the_training_in_either_layout() throws IOException {
        Map<String, String> auto = Map.of("train_iterations", "auto", "train_lr", "AUTO");
        for (String config : List.of(FLAT + "train_lr: 0.5\n", LECO)) {
            Files.writeString(workspace.configFile("krnkmd"), config);

            TrainingSpec spec = load(auto).spec();

            assertThat(spec.iterations()).isEmpty();
            assertThat(spec.learningRate()).isEmpty();
        }
        assertThatThrownBy(() -> load(Map.of("train.iterations", "many")))
                .hasMessageStartingWith("--set: train.iterations is 'many'; expected a whole number or auto");
    }

    @Test
    void keep_other_prompts_on_the_latents_that_fit() {
        Preservation drawn =
                load(Map.of("preservation", "drawn")).spec().method().preservation();

        assertThat(drawn)
                .isEqualTo(Preservation.drawn()
                        .withWeight(Preservation.recommended().weight()));
        assertThat(load(Map.of("preservation_latents", "shared"))
                        .spec()
                        .method()
                        .preservation())
                .isEqualTo(Preservation.recommended().withLatents(KeptLatents.SHARED));
        assertThatThrownBy(() -> load(Map.of("preservation", "drawn", "preservation_latents", "trajectories")))
                .hasMessageStartingWith("--set: preservation_latents: latents is TRAJECTORIES; expected joint too");
    }

    @Test
    void hold_for_a_configuration_too() throws IOException {
        Path file = Files.writeString(
                folder.resolve("config.yaml"),
                "prompts_file: prompts/krnkmd.yaml\n" + LECO + "save:\n  name: krnkmd\n");

        TrainingSpec spec = LecoConfigFile.read(file, Map.of("seed", "5", "train_iterations", "9"))
                .spec();

        assertThat(spec.seed()).isEqualTo(5);
        assertThat(spec.iterations()).hasValue(9);
        assertThat(LecoConfigFile.read(file).spec().seed()).isZero();
        assertThatThrownBy(() -> LecoConfigFile.read(file, Map.of("preview_steps", "5")))
                .hasMessage("--set: preview_steps has no effect without a workspace");
    }

    @Test
    void another_name_of_a_key_is_the_same_setting() throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), "model_name: tiny\ngradient_accumulation_steps: 3\n");
        assertThat(load(Map.of()).spec().gradientAccumulationSteps()).isEqualTo(3);
        assertThat(load(Map.of("gradient_accumulation", "4")).spec().gradientAccumulationSteps())
                .isEqualTo(4);

        LoraSettings changed = load(Map.of("gradient_accumulation_steps", "5"));
        workspace.save(changed, workspace.load("krnkmd").prompts());
        assertThat(workspace.configFile("krnkmd"))
                .content()
                .isEqualTo("model_name: tiny\ngradient_accumulation_steps: 5\n");

        Files.writeString(
                workspace.configFile("krnkmd"),
                "model_name: tiny\ngradient_accumulation: 3\ngradient_accumulation_steps: 3\n");
        assertThatThrownBy(() -> load(Map.of()))
                .hasMessageEndingWith("line 3: gradient_accumulation_steps is given beside gradient_accumulation;"
                        + " remove one of them");
    }

    @Test
    void settings_of_rollouts_without_rollouts_are_told_of() throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), "model_name: tiny\nnoise_scheduler: ddpm\n");
        List<String> warnings = new ArrayList<>();

        workspace.withSettings(Map.of("max_denoising_steps", "30")).load("krnkmd", warnings::add);

        assertThat(warnings)
                .containsExactly(
                        "--set: max_denoising_steps is '30'; without effect, since no latents come from such a rollout",
                        workspace.configFile("krnkmd")
                                + ", line 2: noise_scheduler is 'ddpm'; without effect, since no latents come from such"
                                + " a rollout");
        warnings.clear();
        workspace.withSettings(Map.of("latents", "rollout")).load("krnkmd", warnings::add);
        assertThat(warnings).isEmpty();
    }

    private LoraSettings load(Map<String, String> settings) {
        return workspace.withSettings(settings).load("krnkmd", warning -> {}).settings();
    }
}
