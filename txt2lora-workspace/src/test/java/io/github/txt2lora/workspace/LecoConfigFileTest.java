package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.TrainingSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LecoConfigFileTest {

    private static final String REQUIRED = "prompts_file: prompts.yaml\npretrained_model:\n  name_or_path: model\n";

    @TempDir
    Path folder;

    @Test
    void absent_keys_have_lecos_defaults() throws IOException {
        TrainingSpec training =
                config(REQUIRED + "train:\nlogging:\nnetwork: {}\n").spec();

        assertThat(training)
                .isEqualTo(TrainingSpec.leco()
                        .iterations(500)
                        .learningRate(1e-4)
                        .optimizer(OptimizerSpec.adamW())
                        .learningRateSchedule(LearningRateSchedule.constant())
                        .method(method -> method.withRollout(rollout -> rollout.withScheduler(SchedulerType.DDIM)))
                        .method(method -> method.withRollout(rollout -> rollout.withSteps(50)))
                        .modelUse(use -> use.withPrecision(Precision.BF16))
                        .saving(saving -> saving.withPrecision(Precision.FP32).withEveryIterations(200))
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
        TrainingSpec spec = training.spec();
        assertThat(spec.modelUse().predictionType()).isEqualTo(PredictionType.V_PREDICTION);
        assertThat(spec.modelUse().clipSkip()).isEqualTo(2);
        assertThat(spec.lora().type()).isEqualTo(LoraType.C3LIER);
        assertThat(spec.lora().rank()).hasValue(8);
        assertThat(spec.lora().alpha()).isEqualTo(4);
        assertThat(spec.lora().target()).isEqualTo(LoraTarget.NOXATTN);
        assertThat(spec.modelUse().precision()).isEqualTo(Precision.FP16);
        assertThat(spec.method().latents().rolloutSpec().orElseThrow().scheduler())
                .isEqualTo(SchedulerType.EULER_ANCESTRAL);
        assertThat(spec.iterations()).hasValue(1000);
        assertThat(spec.learningRate()).hasValue(1e-3);
        assertThat(spec.optimizer()).contains(new OptimizerSpec.Lion(0.8, 0.9, 0.1));
        assertThat(spec.learningRateSchedule()).isEqualTo(LearningRateSchedule.cosine());
        assertThat(spec.method().latents().rolloutSpec().orElseThrow().steps()).isEqualTo(30);
        assertThat(spec.saving().everyIterations()).isEqualTo(100);
        assertThat(spec.saving().precision()).isEqualTo(Precision.BF16);
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
                  type: lora
                train:
                  iterations: 1.5
                  optimizer: DAdaptAdam
                  lr_scheduler: polynomial
                save:
                  name: a/b
                logging: 3
                """,
                "line 1: prompts_file is missing",
                "line 2: pretrained_model.name_or_path must be a single value",
                "line 3: pretrained_model.clip_skip: clipSkip is 13",
                "line 5: network.rank: rank is 0; expected 1 or more",
                "line 6: network.alpha is 'much'; expected a number",
                "line 7: network.type is 'lora'; expected one of lierla, c3lier",
                "line 9: train.iterations is '1.5'; expected a whole number",
                "line 10: train.optimizer is 'DAdaptAdam'; expected one of Muon, AdamW",
                "line 11: train.lr_scheduler is 'polynomial'; expected one of constant, cosine",
                "line 13: save.name: name is \"a/b\"",
                "line 14: logging: expected keys and values");
    }

    @Test
    void keys_that_leco_ignores_are_named_in_one_warning() throws IOException {
        LecoConfigFile config = config(REQUIRED + """
                train: {batch_size: 2, device: 0, iteration: 3}
                network: {dim: [1, 2]}
                sampling: {a: 1}
                """);

        assertThat(config.spec().iterations()).hasValue(500);
        assertThat(config.warnings())
                .containsExactly(
                        config.file() + ": without effect, since LECO has no such keys: train.batch_size (line 4),"
                                + " train.device (line 4), train.iteration (line 4; did you mean iterations?),"
                                + " network.dim (line 5), sampling (line 6)");
    }

    @Test
    void endless_ignored_keys_make_a_short_warning() throws IOException {
        String keys = IntStream.range(0, 1000).mapToObj(i -> "k" + i + ": 1\n").collect(Collectors.joining());

        assertThat(config(REQUIRED + keys).warnings())
                .singleElement(STRING)
                .endsWith("and 990 more")
                .hasSizeLessThan(1000);
    }

    @Test
    void prompts_and_model_are_found_from_the_current_folder_too() throws IOException {
        Path current = Path.of("").toAbsolutePath();
        Path here = Files.createTempDirectory(Files.createDirectories(current.resolve("target")), "leco");
        try {
            Path prompts = Files.writeString(here.resolve("prompts.yaml"), "- target: krnkmd\n");
            Path model = Files.writeString(here.resolve("base.safetensors"), "");
            LecoConfigFile config =
                    config("prompts_file: ./%1$s/prompts.yaml\npretrained_model: {name_or_path: %1$s/base}\n"
                            .formatted(current.relativize(here).toString().replace('\\', '/')));

            assertThat(config.promptsFile()).isEqualTo(prompts);
            assertThat(config.toTraining().model()).isEqualTo(ModelSource.file(model));
            assertThat(config.toTraining().output()).isEqualTo(folder.resolve("output"));

            Path beside = Files.createDirectories(folder.resolve(current.relativize(here)));
            Path nearer = Files.writeString(beside.resolve("prompts.yaml"), "- target: other\n");
            assertThat(config.promptsFile()).isEqualTo(nearer);
        } finally {
            Files.delete(here.resolve("prompts.yaml"));
            Files.delete(here.resolve("base.safetensors"));
            Files.delete(here);
        }
    }

    @Test
    void missing_prompts_file_is_named_in_both_places() throws IOException {
        Files.createDirectories(folder.resolve("model"));
        LecoConfigFile config = config(REQUIRED.replace("prompts.yaml", "examples/none.yaml"));

        assertThatThrownBy(config::toTraining)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("config.yaml, line 1: prompts_file is 'examples/none.yaml'")
                .hasMessageContaining(folder.resolve("examples/none.yaml").toString())
                .hasMessageContaining(
                        Path.of("examples/none.yaml").toAbsolutePath().toString());
    }

    @Test
    void a_model_named_as_on_hugging_face_is_explained() throws IOException {
        Files.writeString(folder.resolve("prompts.yaml"), "- target: krnkmd\n");
        LecoConfigFile config = config(REQUIRED.replace("path: model", "path: stabilityai/stable-diffusion-2-1"));

        assertThatThrownBy(config::toTraining).hasMessageContaining("models of Hugging Face are not downloaded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prompts_file: \"D:\\models\\x\"",
                "pretrained_model: {name_or_path: \"C:\\Users\\me\"}",
                "save: {path: \"D:\\train\\new\"}",
                "save: {path: \"D:\\0\"}",
                "save: {path: \"D:\\Lora\"}",
                "prompts_file: \"D:\\Projects\\x\"",
                "pretrained_model: {name_or_path: \"D:\\rose\"}",
                "prompts_file: \"D:\\network\""
            })
    void paths_of_windows_in_double_quotes_are_explained(String line) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), line + "\n");
        InvalidSettingException thrown =
                catchThrowableOfType(InvalidSettingException.class, () -> LecoConfigFile.read(file));

        assertThat(thrown.getMessage().lines().filter(text -> text.contains("in double quotes \\ begins an escape")))
                .singleElement(STRING)
                .contains("config.yaml, line 1: ", "write / ", "use single quotes");
    }

    @Test
    void paths_of_windows_in_single_quotes_or_with_slashes_are_taken() throws IOException {
        assertThat(config("prompts_file: p.yaml\npretrained_model: {name_or_path: 'D:\\train\\new'}\n")
                        .model())
                .isEqualTo("D:\\train\\new");
        assertThat(config("prompts_file: p.yaml\npretrained_model: {name_or_path: \"D:/train/new\"}\n")
                        .model())
                .isEqualTo("D:/train/new");
    }

    @ParameterizedTest
    @CsvSource({
        "AdamW8bit, AdamW",
        "PagedAdamW8bit, AdamW",
        "PagedAdamW, AdamW",
        "paged_adamw_32bit, AdamW",
        "ADAM8BIT, Adam",
        "Lion8bit, Lion",
        "PagedLion8bit, Lion",
        "SGD8bit, Sgd"
    })
    void optimizers_in_8_bits_are_trained_in_32_with_one_warning(String name, String kind) throws IOException {
        LecoConfigFile config =
                config(REQUIRED + "train: {optimizer: " + name + ", optimizer_args: weight_decay=0.1}\n");

        assertThat(config.spec().optimizer().orElseThrow().getClass().getSimpleName())
                .isEqualTo(kind);
        assertThat(config.spec().optimizer().orElseThrow()).hasFieldOrPropertyWithValue("weightDecay", 0.1);
        assertThat(config.warnings())
                .singleElement(STRING)
                .contains("line 4: train.optimizer is '" + name + "'; trained with the same optimizer in 32 bits");
    }

    @ParameterizedTest
    @CsvSource({
        "DAdaptAdam, Prodigy",
        "DAdaptation, Prodigy",
        "dadaptlion, Prodigy",
        "DAdaptAdanIP, Prodigy",
        "ProdigyPlusScheduleFree, Prodigy",
        "SGDNesterov, SGD with optimizer_args",
        "RAdam, AdamW",
        "AdamWScheduleFree, AdamW",
        "CAME, AdamW"
    })
    void other_optimizers_are_refused_with_what_comes_nearest(String name, String nearest) throws IOException {
        assertProblems(
                REQUIRED + "train: {optimizer: " + name + "}\n",
                "line 4: train.optimizer is '" + name
                        + "'; expected one of Muon, AdamW, Adam, Lion, Prodigy, Adafactor, SGD, auto; " + nearest);
    }

    @ParameterizedTest
    @CsvSource({
        "bfloat16, BF16",
        "BF16, BF16",
        "fp16, FP16",
        "Float16, FP16",
        "half, FP16",
        "float, FP32",
        "no, FP32",
        "FP32, FP32",
        "float32, FP32"
    })
    void precisions_are_read_by_all_their_names(String word, Precision precision) throws IOException {
        LecoConfigFile config =
                config(REQUIRED + "train: {precision: %1$s}\nsave: {precision: %1$s}\n".formatted(word));

        assertThat(config.spec().modelUse().precision()).isEqualTo(precision);
        assertThat(config.spec().saving().precision()).isEqualTo(precision);
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void words_of_other_scripts_stand_for_what_comes_nearest_with_a_warning() throws IOException {
        assertNearest("network: {training_method: xattn-strict}", LoraTarget.XATTN, "trained as xattn");
        assertNearest("network: {training_method: noxattn-hspace}", LoraTarget.NOXATTN, "trained as noxattn");
        assertNearest("network: {training_method: NOXATTN-HSPACE-LAST}", LoraTarget.NOXATTN, "trained as noxattn");
        assertNearest("train: {lr_scheduler: constant_with_warmup}", LoraTarget.FULL, "the same as constant");
    }

    @Test
    void layers_are_chosen_by_a_regular_expression_over_their_names() throws IOException {
        LecoConfigFile config = config(REQUIRED + "network: {training_method: 'layers(Attn[12]\\.to_(k|v)$)'}\n");

        assertThat(config.spec().lora().target()).isEqualTo(LoraTarget.layers("Attn[12]\\.to_(k|v)$"));
        assertProblems(
                REQUIRED + "network: {training_method: layers(()}\n",
                "line 4: network.training_method: target is \"(\"; expected a regular expression such as attn2|ff"
                        + " (Unclosed group at 1)");
        assertProblems(
                REQUIRED + "network: {training_method: attn2}\n",
                "line 4: network.training_method is 'attn2'; expected one of auto, full, selfattn, xattn,"
                        + " noxattn, innoxattn, or layers(REGEX)");
    }

    private void assertNearest(String line, LoraTarget target, String warning) throws IOException {
        LecoConfigFile config = config(REQUIRED + line + "\n");

        assertThat(config.spec().lora().target()).isEqualTo(target);
        assertThat(config.spec().learningRateSchedule()).isEqualTo(LearningRateSchedule.constant());
        assertThat(config.warnings()).singleElement(STRING).contains("line 4: ", warning);
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
    void arguments_without_a_name_are_those_of_adamw() throws IOException {
        assertThat(optimizer("auto", "eps=1e-6")).isEqualTo(new OptimizerSpec.AdamW(0.9, 0.999, 1e-6, 0.01));
    }

    @Test
    void every_optimizer_takes_its_arguments() throws IOException {
        assertThat(optimizer("muon", "momentum=0.9 nesterov=False weight_decay=0.1"))
                .isEqualTo(new OptimizerSpec.Muon(0.9, false, 0.1));
        assertThat(optimizer("adam", "eps=1e-6 amsgrad=False")).isEqualTo(new OptimizerSpec.Adam(0.9, 0.999, 1e-6, 0));
        assertThat(optimizer("PRODIGY", "d_coef=2 beta3=None decouple=True use_bias_correction=True"))
                .isEqualTo(new OptimizerSpec.Prodigy(
                        0.9, 0.999, OptionalDouble.empty(), 1e-8, 0, true, false, 1e-6, 2, Double.POSITIVE_INFINITY));
        assertThat(optimizer("adafactor", "relative_step=False clip_threshold=2"))
                .isEqualTo(new OptimizerSpec.Adafactor(1e-30, 1e-3, 2, -0.8, OptionalDouble.empty(), 0, false));
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
        return config(REQUIRED + train).spec().optimizer().orElseThrow();
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
