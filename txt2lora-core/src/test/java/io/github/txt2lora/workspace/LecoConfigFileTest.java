package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.NoiseScheduler;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Prediction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LecoConfigFileTest {

    private static final String REQUIRED = "prompts_file: prompts.yaml\npretrained_model:\n  name_or_path: model\n";

    @TempDir
    Path folder;

    @Test
    void absent_keys_have_lecos_defaults() throws IOException {
        TrainingSpec training =
                config(REQUIRED + "train:\nlogging:\nnetwork: {}\n").training();

        assertThat(training)
                .isEqualTo(TrainingSpec.leco()
                        .iterations(500)
                        .learningRate(1e-4)
                        .optimizer(OptimizerSpec.adamW())
                        .schedule(LearningRateSchedule.constant())
                        .noiseScheduler(NoiseScheduler.DDIM)
                        .maxDenoisingSteps(50)
                        .precision(Precision.BF16)
                        .savePrecision(Precision.FP32)
                        .saveEvery(200)
                        .build());
    }

    @Test
    void reads_every_key() throws IOException {
        Files.writeString(folder.resolve("prompts.yaml"), "- target: krnkmd\n");
        Files.writeString(folder.resolve("model.safetensors"), "");
        LoraTraining training = config("""
            prompts_file: ./prompts.yaml
            pretrained_model: {name_or_path: model, v2: True, v_pred: yes, clip_skip: 2}
            network: {type: c3lier, rank: 8, alpha: 4, training_method: noxattn}
            train:
              precision: fp16
              noise_scheduler: euler_a
              iterations: 1_000
              lr: 1e-3
              optimizer: Lion
              optimizer_args: "weight_decay=0.1  betas=(0.8, 0.9)"
              lr_scheduler: cosine
              max_denoising_steps: 30
            save: {name: krnkmd, path: out/loras, per_steps: 100, precision: bfloat16}
            logging: {use_wandb: false, verbose: true}
            other: {use_xformers: true}
            """).toTraining();

        assertThat(training.name()).isEqualTo("krnkmd");
        assertThat(training.model()).isEqualTo(ModelSource.file(folder.resolve("model.safetensors")));
        assertThat(training.output()).isEqualTo(folder.resolve("out/loras"));
        assertThat(training.prompts()).hasSize(1);
        TrainingSpec spec = training.training();
        assertThat(spec.prediction()).isEqualTo(Prediction.V_PREDICTION);
        assertThat(spec.clipSkip()).isEqualTo(2);
        assertThat(spec.lora().type()).isEqualTo(LoraType.C3LIER);
        assertThat(spec.lora().rank()).isEqualTo(8);
        assertThat(spec.lora().alpha()).isEqualTo(4);
        assertThat(spec.lora().target()).isEqualTo(LoraTarget.NOXATTN);
        assertThat(spec.precision()).isEqualTo(Precision.FP16);
        assertThat(spec.noiseScheduler()).isEqualTo(NoiseScheduler.EULER_ANCESTRAL);
        assertThat(spec.iterations()).isEqualTo(1000);
        assertThat(spec.learningRate()).isEqualTo(1e-3);
        assertThat(spec.optimizer()).isEqualTo(new OptimizerSpec.Lion(0.8, 0.9, 0.1));
        assertThat(spec.schedule()).isEqualTo(LearningRateSchedule.cosine());
        assertThat(spec.maxDenoisingSteps()).isEqualTo(30);
        assertThat(spec.saveEvery()).isEqualTo(100);
        assertThat(spec.savePrecision()).isEqualTo(Precision.BF16);
    }

    @Test
    void model_may_be_a_folder_or_a_file_with_its_extension() throws IOException {
        Files.writeString(folder.resolve("prompts.yaml"), "- target: krnkmd\n");
        Path base = Files.createDirectories(folder.resolve("base"));
        Path model = Files.createDirectories(base.resolve("model"));
        Path single = Files.writeString(base.resolve("other.safetensors"), "");

        assertThat(config(REQUIRED).toTraining(base).model()).isEqualTo(ModelSource.folder(model));
        LecoConfigFile other = config(REQUIRED.replace("path: model", "path: other.safetensors"));
        assertThat(other.toTraining(base).model()).isEqualTo(ModelSource.file(single));
    }

    @Test
    void missing_model_is_reported_with_the_places_searched() throws IOException {
        Files.writeString(folder.resolve("prompts.yaml"), "- target: krnkmd\n");
        LecoConfigFile config = config(REQUIRED);

        assertThatThrownBy(config::toTraining)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("config.yaml, line 3: pretrained_model.name_or_path is 'model'")
                .hasMessageContaining(folder.resolve("model.safetensors").toString());
    }

    @Test
    void paths_may_lead_anywhere() throws IOException {
        Path config = Files.createDirectories(folder.resolve("leco/configs")).resolve("config.yaml");
        Files.writeString(folder.resolve("prompts.yaml"), "- target: krnkmd\n");
        Path model = Files.writeString(folder.resolve("model.safetensors"), "");
        Files.writeString(config, """
                prompts_file: ../../prompts.yaml
                pretrained_model: {name_or_path: "%s"}
                save: {path: ../../output}
                """.formatted(model.toString().replace("\\", "\\\\")));

        LoraTraining training = LecoConfigFile.read(config).toTraining();

        assertThat(training.prompts()).extracting(PromptPair::target).containsExactly("krnkmd");
        assertThat(training.model()).isEqualTo(ModelSource.file(model));
        assertThat(training.output()).isEqualTo(folder.resolve("output"));
    }

    @Test
    void missing_prompts_file_is_named() throws IOException {
        Files.createDirectories(folder.resolve("model"));
        LecoConfigFile config = config(REQUIRED);

        assertThatThrownBy(config::toTraining)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(folder.resolve("prompts.yaml").toString());
    }

    @Test
    void all_problems_are_reported_together_with_their_lines() throws IOException {
        assertProblems(
                """
                pretrained_model:
                  name_or_path: [a, b]
                  clip_skip: 13
                network:
                  rank: 0
                  alpha: much
                  typ: lierla
                train:
                  iterations: 1.5
                  optimizer: AdamW8bit
                  lr_scheduler: polynomial
                save:
                  name: a/b
                logging: 3
                trian: {}
                """,
                "line 1: prompts_file is missing",
                "line 2: pretrained_model.name_or_path must be a single value",
                "line 3: pretrained_model.clip_skip: clipSkip is 13",
                "line 5: network.rank: rank is 0; expected 1 or more",
                "line 6: network.alpha is 'much'; expected a number",
                "line 7: network.typ is unknown; did you mean type?",
                "line 9: train.iterations is '1.5'; expected a whole number",
                "line 10: train.optimizer is 'AdamW8bit'; expected one of AdamW",
                "line 11: train.lr_scheduler is 'polynomial'; expected one of constant, cosine",
                "line 13: save.name: name is \"a/b\"",
                "line 14: logging: expected keys and values",
                "line 15: trian is unknown; did you mean train?");
    }

    @Test
    void key_given_twice_is_refused() throws IOException {
        assertProblems(REQUIRED + "train:\n  lr: 1\n  lr: 2\n", "line 6: train.lr is given twice, first on line 5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eps",
                "eps=",
                "eps=1e",
                "betas=(0.9)",
                "betas=(0.9,0.99,1)",
                "betas=(0.9,x)",
                "eps=1 eps=2",
                "epsilon=1",
                "betas=(2,0.9)",
                "weight_decay=-1",
                "amsgrad=True",
                "amsgrad=maybe",
                "= =",
                "eps=1,betas=(0.9,0.99)"
            })
    void wrong_optimizer_arguments_are_refused_on_their_line(String arguments) throws IOException {
        assertProblems(REQUIRED + "train:\n  optimizer_args: \"" + arguments + "\"\n", "line 5: train.optimizer_args");
    }

    @Test
    void every_optimizer_takes_its_arguments() throws IOException {
        assertThat(optimizer("adam", "eps=1e-6 amsgrad=False")).isEqualTo(new OptimizerSpec.Adam(0.9, 0.999, 1e-6, 0));
        assertThat(optimizer("PRODIGY", "d_coef=2 beta3=None decouple=True use_bias_correction=True"))
                .isEqualTo(new OptimizerSpec.Prodigy(
                        0.9, 0.999, null, 1e-8, 0, true, false, 1e-6, 2, Double.POSITIVE_INFINITY));
        assertThat(optimizer("adafactor", "relative_step=False clip_threshold=2"))
                .isEqualTo(new OptimizerSpec.Adafactor(1e-30, 1e-3, 2, -0.8, null, 0, false));
        assertThat(optimizer("sgd", "momentum=0.9 nesterov=True")).isEqualTo(new OptimizerSpec.Sgd(0.9, 0, true));
    }

    @Test
    void long_optimizer_arguments_are_refused_in_no_time() throws IOException {
        assertProblems(REQUIRED + "train:\n  optimizer_args: " + "a".repeat(500_000) + "\n", "line 5");
        assertProblems(REQUIRED + "train:\n  optimizer_args: x=" + "(".repeat(500_000) + "\n", "line 5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "- a\n- b\n",
                "word",
                "a: b: c",
                "\"",
                "a: &x [*x, *x]\n*x : 1",
                "%",
                "--- a\n--- b",
                "? [a]\n: b",
                "\u0000",
                "a: !!java.net.URL [\"http://localhost\"]"
            })
    void anything_else_is_refused_naming_the_file(String text) throws IOException {
        assertProblems(text, "config.yaml");
    }

    @Test
    void nesting_aliases_and_size_are_limited() throws IOException {
        assertProblems("a: " + "[".repeat(100_000), "config.yaml");
        assertProblems("a: &a [b]\nc: [" + "*a,".repeat(1000) + "*a]\n", "config.yaml");
        assertProblems("#" + "x".repeat(1 << 20), "bytes, too many for a file of settings");
    }

    @Test
    void file_that_is_no_utf_8_is_refused() throws IOException {
        Path file = Files.write(folder.resolve("latin1.yaml"), "a: \u00e9".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> LecoConfigFile.read(file))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void byte_order_mark_is_skipped() throws IOException {
        assertThat(config("\ufeff" + REQUIRED).model()).isEqualTo("model");
    }

    private OptimizerSpec optimizer(String name, String arguments) throws IOException {
        String train = "train:\n  optimizer: " + name + "\n  optimizer_args: " + arguments + "\n";
        return config(REQUIRED + train).training().optimizer();
    }

    private void assertProblems(String text, String... expected) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), text);
        InvalidSettingException thrown =
                catchThrowableOfType(InvalidSettingException.class, () -> LecoConfigFile.read(file));
        assertThat(thrown).isNotNull().message().contains(expected);
        assertThat(thrown.getMessage().length()).isLessThan(4000);
    }

    private LecoConfigFile config(String text) throws IOException {
        return LecoConfigFile.read(Files.writeString(folder.resolve("config.yaml"), text));
    }
}
