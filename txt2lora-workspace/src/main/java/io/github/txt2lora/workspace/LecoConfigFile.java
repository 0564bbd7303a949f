package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LECO's configuration file, with LECO's keys and defaults:
 *
 * <ul>
 *   <li>{@code prompts_file}: required, relative to the configuration's folder or, where it is not there, to the
 *       current one, from which LECO counts;
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
 * Other keys are ignored, as LECO does, in the prompts file too; {@link #warnings()} names them. Accepted without
 * effect are {@code pretrained_model.v2}, since the model's file tells, {@code logging.use_wandb} and
 * {@code logging.verbose}, since listeners and the application's logging take their place, and
 * {@code other.use_xformers}, since PyTorch's own attention is used. LECO knows no seed and no gradient clipping; the
 * API's defaults stand for them, and {@link LoraTraining#toBuilder()} changes them.
 *
 * <p>As with LECO, every path may lead anywhere on this machine: whoever trains by a file has read it. A
 * {@link Workspace}, which may come from elsewhere as a whole, reads prompts from its own folder alone.
 */
public final class LecoConfigFile {

    private static final Logger LOG = LoggerFactory.getLogger(LecoConfigFile.class);

    private static final Path CURRENT = Path.of("").toAbsolutePath();

    private static final String REPOSITORY =
            "; models of Hugging Face are not downloaded by their names: download it and give its path";

    private static final String PROMPTS_FILE = "prompts_file";
    private static final String SAVE = "save";

    private final Path file;
    private final String promptsFile;
    private final String model;
    private final int modelLine;
    private final TrainingSpec spec;
    private final String name;
    private final String output;
    private final int promptsLine;
    private final List<String> warnings;

    private LecoConfigFile(Path file, SettingsKeys keys, Problems problems) {
        this.file = file;
        promptsFile = keys.root().required(PROMPTS_FILE, Kind.PATH, "the path of the file with the prompts");
        promptsLine = keys.root().lineOf(PROMPTS_FILE);
        SettingsSection pretrained = keys.section(SettingKey.MODEL_PATH);
        model = pretrained.required(keys.name(SettingKey.MODEL_PATH), Kind.PATH, "the path of the base model");
        modelLine = pretrained.lineOf(keys.name(SettingKey.MODEL_PATH));
        spec = SettingsDraft.readSpec(keys);
        name = keys.value(SettingKey.LORA_NAME, Kind.TEXT, "untitled");
        keys.section(SettingKey.LORA_NAME).apply(keys.name(SettingKey.LORA_NAME), name, LoraTraining.builder()::name);
        output = keys.section(SAVE).value("path", Kind.PATH, "./output");
        readUnused(keys);
        keys.reportUnknownKeys();
        problems.throwIfAny();
        warnings = problems.warnings();
    }

    /**
     * Reads a configuration file.
     *
     * @throws InvalidSettingException if the file is missing or anything in it is wrong; the message names file, line
     *     and key of everything that is
     * @throws io.github.txt2lora.StorageException if the file cannot be read
     */
    public static LecoConfigFile read(Path file) {
        return read(file, Map.of());
    }

    /**
     * As {@link #read(Path)}, with settings that come before those of the file.
     *
     * @param settings texts by their keys in a workspace, such as {@code train_lr}, or in the file, {@code train.lr}; a
     *     list is in brackets. Messages call them {@code --set}.
     */
    public static LecoConfigFile read(Path file, Map<String, String> settings) {
        SettingOverrides overrides = SettingOverrides.of(settings);
        Problems problems = new Problems(file, SettingsLayout.LECO.unknownKeys());
        SettingsKeys keys = new SettingsKeys(SettingsLayout.LECO, SettingsYaml.read(file), problems);
        overrides.applyTo(keys, problems);
        return new LecoConfigFile(file, keys, problems);
    }

    /**
     * Reads the keys that say nothing about the training.
     *
     * @return where the prompts are, if it is given
     */
    static Optional<PromptsPath> readRest(SettingsKeys keys) {
        readUnused(keys);
        keys.section(SAVE).value("path", Kind.PATH);
        SettingsSection root = keys.root();
        return root.given(PROMPTS_FILE)
                ? Optional.of(new PromptsPath(root.value(PROMPTS_FILE, Kind.PATH, ""), root.lineOf(PROMPTS_FILE)))
                : Optional.empty();
    }

    private static void readUnused(SettingsKeys keys) {
        keys.section("pretrained_model").value("v2", Kind.FLAG);
        SettingsSection logging = keys.section("logging");
        logging.value("use_wandb", Kind.FLAG);
        logging.value("verbose", Kind.FLAG);
        keys.section("other").value("use_xformers", Kind.FLAG);
    }

    /** The file that was read. */
    public Path file() {
        return file;
    }

    /** Warnings about this file, one text each. */
    public List<String> warnings() {
        return warnings;
    }

    /** The prompts file: beside this file or, where it is not there, as seen from the current folder. */
    public Path promptsFile() {
        return found(promptsPlaces()).orElse(promptsPlaces().get(0));
    }

    private List<Path> promptsPlaces() {
        return Stream.of(folder(), CURRENT)
                .map(base -> resolve(base, PROMPTS_FILE, promptsFile))
                .distinct()
                .toList();
    }

    private static Optional<Path> found(List<Path> places) {
        return places.stream().filter(Files::exists).findFirst();
    }

    private LecoPromptsFile readPrompts() {
        List<Path> places = promptsPlaces();
        Path prompts = found(places)
                .orElseThrow(() -> new InvalidSettingException(
                        file + ", line " + promptsLine + ": prompts_file is " + Problems.quote(promptsFile)
                                + "; expected a file of prompts, but there is "
                                + (places.size() == 1 ? "no " + places.get(0) : neither(places))));
        return LecoPromptsFile.read(prompts, UnknownKeys.IGNORED);
    }

    private static String neither(List<Path> places) {
        return "neither " + places.stream().map(Path::toString).collect(Collectors.joining(" nor "));
    }

    /** The base model's path as it is written in the file. */
    public String model() {
        return model;
    }

    /** The settings of the training. */
    public TrainingSpec spec() {
        return spec;
    }

    /** As {@link #toTraining(Consumer)}; warnings are logged. */
    public LoraTraining toTraining() {
        return toTraining(LOG::warn);
    }

    /**
     * The training, with the output relative to this file's folder and the model too or, where it is not there, to the
     * current folder; otherwise as {@link #toTraining(Path)}.
     *
     * @param told is told of {@link #warnings()} and those of the prompts file
     */
    public LoraTraining toTraining(Consumer<String> told) {
        warnings.forEach(told);
        LecoPromptsFile prompts = readPrompts();
        prompts.warnings().forEach(told);
        return toTraining(prompts, List.of(folder(), CURRENT), folder());
    }

    /**
     * The whole training; reads the prompts file too. Warnings are logged.
     *
     * @param base the folder to which the paths of model and output are relative
     * @throws InvalidSettingException if the prompts file is missing or wrong, or there is no such model: neither a
     *     folder nor, with or without its extension, a {@code .safetensors} file
     * @throws io.github.txt2lora.StorageException if the prompts file cannot be read
     */
    public LoraTraining toTraining(Path base) {
        warnings.forEach(LOG::warn);
        LecoPromptsFile prompts = readPrompts();
        prompts.warnings().forEach(LOG::warn);
        return toTraining(prompts, List.of(base), base);
    }

    private LoraTraining toTraining(LecoPromptsFile prompts, List<Path> modelBases, Path outputBase) {
        return LoraTraining.builder()
                .name(name)
                .model(modelSource(modelBases))
                .prompts(prompts.prompts())
                .spec(spec.toBuilder()
                        .modelUse(
                                use -> use.withEmbeddings(use.embeddings().map(given -> embeddings(modelBases, given))))
                        .build())
                .output(resolve(outputBase, "save.path", output))
                .build();
    }

    private static Path embeddings(List<Path> bases, Path given) {
        List<Path> places = bases.stream()
                .map(base -> base.resolve(given).normalize())
                .distinct()
                .toList();
        return found(places)
                .filter(Files::isDirectory)
                .orElseThrow(
                        () -> new InvalidSettingException("--set: embeddings is " + Problems.quote(given.toString())
                                + "; expected a folder, but there is "
                                + (places.size() == 1 ? "none at " + places.get(0) : neither(places))));
    }

    private ModelSource modelSource(List<Path> bases) {
        List<Path> places = bases.stream()
                .flatMap(base -> Stream.of(model, model + Workspace.SAFETENSORS)
                        .map(path -> resolve(base, "pretrained_model.name_or_path", path)))
                .distinct()
                .toList();
        Path found = found(places)
                .orElseThrow(() -> new InvalidSettingException(file + ", line " + modelLine
                        + ": pretrained_model.name_or_path is " + Problems.quote(model)
                        + "; expected a folder in diffusers' layout or a .safetensors file, but there is "
                        + neither(places) + (isRepository() ? REPOSITORY : "")));
        return Files.isDirectory(found) ? ModelSource.folder(found) : ModelSource.file(found);
    }

    /** Whether the model is written as LECO's examples do, {@code owner/name}. */
    private boolean isRepository() {
        return model.matches("[\\w-][\\w.-]*+/[\\w-][\\w.-]*+");
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
