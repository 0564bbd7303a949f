package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

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
 *
 * <p>As with LECO, every path may lead anywhere on this machine: whoever trains by a file has read it. A
 * {@link Workspace}, which may come from elsewhere as a whole, reads prompts from its own folder alone.
 */
public final class LecoConfigFile {

    private static final String PROMPTS_FILE = "prompts_file";
    private static final String SAVE = "save";

    private final Path file;
    private final String promptsFile;
    private final String model;
    private final int modelLine;
    private final TrainingSpec training;
    private final String name;
    private final String output;

    private LecoConfigFile(Path file, SettingsKeys keys) {
        this.file = file;
        promptsFile = keys.root().requiredText(PROMPTS_FILE, "the path of the file with the prompts");
        SettingsSection pretrained = keys.section(SettingKey.MODEL_PATH);
        model = pretrained.requiredText(keys.name(SettingKey.MODEL_PATH), "the path of the base model");
        modelLine = pretrained.lineOf(keys.name(SettingKey.MODEL_PATH));
        training = TrainingKeys.read(keys);
        name = keys.text(SettingKey.LORA_NAME, "untitled");
        keys.apply(SettingKey.LORA_NAME, name, LoraTraining.builder()::name);
        output = keys.section(SAVE).text("path", "./output");
        readRest(keys);
        keys.reportUnknownKeys();
    }

    /**
     * Reads a configuration file.
     *
     * @throws InvalidSettingException if the file is missing or anything in it is wrong; the message names file, line
     *     and key of everything that is
     * @throws io.github.txt2lora.StorageException if the file cannot be read
     */
    public static LecoConfigFile read(Path file) {
        Problems problems = new Problems(file);
        SettingsKeys keys = new SettingsKeys(SettingsLayout.LECO, SettingsYaml.read(file), problems);
        LecoConfigFile config = new LecoConfigFile(file, keys);
        problems.throwIfAny();
        return config;
    }

    /**
     * Reads the keys that say nothing about the training.
     *
     * @return where the prompts are, if it is given
     */
    static Optional<PromptsPath> readRest(SettingsKeys keys) {
        keys.section("pretrained_model").flag("v2", false);
        keys.section(SAVE).text("path", "");
        SettingsSection logging = keys.section("logging");
        logging.flag("use_wandb", false);
        logging.flag("verbose", false);
        keys.section("other").flag("use_xformers", false);
        SettingsSection root = keys.root();
        return root.given(PROMPTS_FILE)
                ? Optional.of(new PromptsPath(root.text(PROMPTS_FILE, ""), root.lineOf(PROMPTS_FILE)))
                : Optional.empty();
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
}
