package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.NoiseScheduler;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Prediction;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.nodes.Node;

/**
 * LECO's configuration file, with LECO's keys and defaults:
 *
 * <ul>
 *   <li>{@code prompts_file}: required, relative to the configuration's folder;
 *   <li>{@code pretrained_model}: {@code name_or_path} (required), {@code v2}, {@code v_pred} (what the model
 *       says), {@code clip_skip} (1);
 *   <li>{@code network}: {@code type} (lierla), {@code rank} (4), {@code alpha} (1.0), {@code training_method} (full);
 *   <li>{@code train}: {@code precision} (bfloat16), {@code noise_scheduler} (ddim), {@code iterations} (500),
 *       {@code lr} (1e-4), {@code optimizer} (adamw), {@code optimizer_args}, {@code lr_scheduler} (constant),
 *       {@code max_denoising_steps} (50);
 *   <li>{@code save}: {@code name} (untitled), {@code path} (./output), {@code per_steps} (200), {@code precision}
 *       (float32);
 *   <li>{@code logging} and {@code other}.
 * </ul>
 *
 * Accepted without effect are {@code pretrained_model.v2}, since the model's file tells, {@code logging.use_wandb} and
 * {@code logging.verbose}, since listeners and the application's logging take their place, and
 * {@code other.use_xformers}, since PyTorch's own attention is used. LECO knows no seed and no gradient clipping; the
 * API's defaults stand for them, and {@link LoraTraining#toBuilder()} changes them.
 */
public final class LecoConfigFile {

    private static final Map<String, Precision> PRECISIONS = new TreeMap<>(Map.of(
            "float32", Precision.FP32,
            "fp32", Precision.FP32,
            "float16", Precision.FP16,
            "fp16", Precision.FP16,
            "bfloat16", Precision.BF16,
            "bf16", Precision.BF16));

    private static final Map<String, LoraType> TYPES =
            new TreeMap<>(Map.of("lierla", LoraType.LIERLA, "c3lier", LoraType.C3LIER));

    private static final Map<String, LoraTarget> TARGETS = new TreeMap<>(Map.of(
            "full", LoraTarget.FULL,
            "selfattn", LoraTarget.SELFATTN,
            "xattn", LoraTarget.XATTN,
            "noxattn", LoraTarget.NOXATTN,
            "innoxattn", LoraTarget.INNOXATTN));

    private static final Map<String, NoiseScheduler> NOISE_SCHEDULERS = new TreeMap<>(Map.of(
            "ddim", NoiseScheduler.DDIM,
            "ddpm", NoiseScheduler.DDPM,
            "lms", NoiseScheduler.LMS,
            "euler_a", NoiseScheduler.EULER_ANCESTRAL));

    private static final Map<String, LearningRateSchedule> SCHEDULES = new TreeMap<>(Map.of(
            "constant", LearningRateSchedule.constant(),
            "linear", LearningRateSchedule.linear(),
            "cosine", LearningRateSchedule.cosine(),
            "cosine_with_restarts", LearningRateSchedule.cosineWithRestarts(),
            "step", LearningRateSchedule.step()));

    private final Path file;
    private final String promptsFile;
    private final String model;
    private final int modelLine;
    private final TrainingSpec training;
    private final String name;
    private final String output;

    private LecoConfigFile(Path file, SettingsSection root) {
        this.file = file;
        promptsFile = root.requiredText("prompts_file", "the path of the file with the prompts");
        TrainingSpec.Builder builder = TrainingSpec.builder();
        SettingsSection pretrained = root.section("pretrained_model");
        model = pretrained.requiredText("name_or_path", "the path of the base model");
        modelLine = pretrained.lineOf("name_or_path");
        readModel(pretrained, builder);
        readNetwork(root.section("network"), builder);
        readTrain(root.section("train"), builder);
        SettingsSection save = root.section("save");
        name = save.text("name", "untitled");
        save.apply("name", name, LoraTraining.builder()::name);
        output = save.text("path", "./output");
        readSave(save, builder);
        readIgnored(root);
        root.reportUnknownKeys();
        training = builder.build();
    }

    /**
     * Reads a configuration file.
     *
     * @throws InvalidSettingException if the file is missing or anything in it is wrong; the message names file, line
     *     and key of everything that is
     * @throws io.github.txt2lora.StorageException if the file cannot be read
     */
    public static LecoConfigFile read(Path file) {
        Node root = SettingsYaml.read(file);
        Problems problems = new Problems(file);
        LecoConfigFile config = new LecoConfigFile(file, SettingsSection.of("", root, problems));
        problems.throwIfAny();
        return config;
    }

    /** Where this was read. */
    public Path file() {
        return file;
    }

    /** The prompts file, resolved against the folder of this file. */
    public Path promptsFile() {
        return resolve(folder(), "prompts_file", promptsFile);
    }

    /** The base model's path as it is written in the file. */
    public String model() {
        return model;
    }

    /** How to train. */
    public TrainingSpec training() {
        return training;
    }

    /** The training, with model and output relative to this file's folder; see {@link #toTraining(Path)}. */
    public LoraTraining toTraining() {
        return toTraining(folder());
    }

    /**
     * The whole training; reads the prompts file too.
     *
     * @param base the folder to which the paths of model and output are relative
     * @throws InvalidSettingException if the prompts file is missing or wrong, or there is no such model: neither a
     *     folder nor, with or without its extension, a {@code .safetensors} file
     * @throws io.github.txt2lora.StorageException if the prompts file cannot be read
     */
    public LoraTraining toTraining(Path base) {
        return LoraTraining.builder()
                .name(name)
                .model(modelSource(base))
                .prompts(LecoPromptsFile.read(promptsFile()).prompts())
                .training(training)
                .output(resolve(base, "save.path", output))
                .build();
    }

    private ModelSource modelSource(Path base) {
        Path path = resolve(base, "pretrained_model.name_or_path", model);
        if (Files.isDirectory(path)) {
            return ModelSource.folder(path);
        }
        if (Files.exists(path)) {
            return ModelSource.file(path);
        }
        Path withExtension = resolve(base, "pretrained_model.name_or_path", model + ".safetensors");
        if (Files.exists(withExtension)) {
            return ModelSource.file(withExtension);
        }
        throw new InvalidSettingException(file + ", line " + modelLine + ": pretrained_model.name_or_path is "
                + Problems.quote(model)
                + "; expected a folder in diffusers' layout or a .safetensors file, but there is"
                + " neither " + path + " nor " + withExtension);
    }

    private Path folder() {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }

    private Path resolve(Path base, String key, String path) {
        try {
            return base.resolve(path).normalize();
        } catch (InvalidPathException e) {
            throw new InvalidSettingException(
                    file + ": " + key + " is " + Problems.quote(path) + "; expected a path: " + e.getReason(), e);
        }
    }

    private static void readModel(SettingsSection model, TrainingSpec.Builder builder) {
        model.flag("v2", false);
        builder.prediction(model.flag("v_pred", Prediction.V_PREDICTION, Prediction.EPSILON, Prediction.FROM_MODEL));
        model.apply("clip_skip", model.integer("clip_skip", 1), builder::clipSkip);
        model.reportUnknownKeys();
    }

    private static void readNetwork(SettingsSection network, TrainingSpec.Builder builder) {
        LoraSpec.Builder lora = LoraSpec.builder();
        lora.type(network.choice("type", TYPES, LoraType.LIERLA));
        network.apply("rank", network.integer("rank", 4), lora::rank);
        network.apply("alpha", network.number("alpha", 1.0), lora::alpha);
        lora.target(network.choice("training_method", TARGETS, LoraTarget.FULL));
        network.reportUnknownKeys();
        builder.lora(lora.build());
    }

    private static void readTrain(SettingsSection train, TrainingSpec.Builder builder) {
        builder.precision(train.choice("precision", PRECISIONS, Precision.BF16));
        builder.noiseScheduler(train.choice("noise_scheduler", NOISE_SCHEDULERS, NoiseScheduler.DDIM));
        train.apply("iterations", train.integer("iterations", 500), builder::iterations);
        train.apply("lr", train.number("lr", 1e-4), builder::learningRate);
        builder.optimizer(LecoOptimizer.read(train));
        builder.schedule(train.choice("lr_scheduler", SCHEDULES, LearningRateSchedule.constant()));
        train.apply("max_denoising_steps", train.integer("max_denoising_steps", 50), builder::maxDenoisingSteps);
        train.reportUnknownKeys();
    }

    private static void readSave(SettingsSection save, TrainingSpec.Builder builder) {
        save.apply("per_steps", save.integer("per_steps", 200), builder::saveEvery);
        builder.savePrecision(save.choice("precision", PRECISIONS, Precision.FP32));
        save.reportUnknownKeys();
    }

    private static void readIgnored(SettingsSection root) {
        SettingsSection logging = root.section("logging");
        logging.flag("use_wandb", false);
        logging.flag("verbose", false);
        logging.reportUnknownKeys();
        SettingsSection other = root.section("other");
        other.flag("use_xformers", false);
        other.reportUnknownKeys();
    }
}
