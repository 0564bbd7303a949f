package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.FileName;
import io.github.txt2lora.internal.NearestWord;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of settings in, LoRAs out:
 *
 * <pre>
 * config/NAME.yaml              one LoRA's settings, see {@link LoraSettings}
 * prompts/NAME.yaml             its prompts, see {@link LecoPromptsFile}; or NAME.toml
 * model/MODEL.safetensors       base models
 * embeddings/NAME.safetensors   textual-inversion embeddings, by whose names prompts call them
 * lora/NAME/NAME.safetensors    the trained LoRA
 * </pre>
 *
 * <p>The folder may lie anywhere, such as in a synced cloud folder or a mounted bucket. Files are read when they are
 * asked for, and appear under their names only when they are whole. Names and LECO's {@code prompts_file} are checked,
 * so that nothing is written or read outside of the folder, but models and embeddings whose path the settings give,
 * since programs share them. Links within the folder are followed
 * for reading, and so are links in the place of the folders themselves, as in synced folders. No file is written
 * through a link, and a link {@code lora/NAME} is refused.
 */
public final class Workspace {

    static final String YAML = ".yaml";
    static final String SAFETENSORS = ".safetensors";

    /** The end of the name of a LoRA as it was trained, once a resized one took its place. */
    private static final String LARGE = "-large" + SAFETENSORS;

    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

    private final Path folder;
    private final SettingOverrides overrides;

    private Workspace(Path folder, SettingOverrides overrides) {
        this.folder = folder;
        this.overrides = overrides;
    }

    /**
     * The same folder, whose LoRAs are loaded with these settings instead of what their files say. No file changes.
     *
     * @param settings texts by the keys of the files, such as {@code train_lr}; a list is in brackets. Messages call
     *     them {@code --set}.
     * @throws InvalidSettingException if a key is unknown or given twice; the message names the nearest
     */
    public Workspace withSettings(Map<String, String> settings) {
        return new Workspace(folder, SettingOverrides.of(settings));
    }

    /** The settings of {@link #withSettings}, by the keys of the files; empty without. */
    public Map<String, String> settings() {
        return overrides.texts();
    }

    /**
     * Opens a folder that exists.
     *
     * @throws InvalidSettingException if it is no folder, has no folder {@code config}, or has control characters in
     *     its path
     */
    public static Workspace open(Path folder) {
        Check.path("workspace", folder);
        Workspace workspace = new Workspace(folder.toAbsolutePath().normalize(), SettingOverrides.NONE);
        if (!Files.isDirectory(workspace.configFolder())) {
            throw new InvalidSettingException(folder + " is no workspace; expected a folder with the folders config and"
                    + " prompts in it, but there is no folder " + workspace.configFolder());
        }
        return workspace;
    }

    /**
     * Opens a folder after creating missing parts of it and its folders {@code config}, {@code prompts}, {@code model}
     * and {@code lora}.
     *
     * @throws InvalidSettingException if the path has control characters
     * @throws StorageException if one of them cannot be made
     */
    public static Workspace create(Path folder) {
        Check.path("workspace", folder);
        Workspace workspace = new Workspace(folder.toAbsolutePath().normalize(), SettingOverrides.NONE);
        try {
            Files.createDirectories(workspace.configFolder());
            Files.createDirectories(workspace.promptsFolder());
            Files.createDirectories(workspace.modelFolder());
            Files.createDirectories(workspace.loraFolder());
        } catch (IOException e) {
            throw new StorageException("Cannot make the workspace " + folder + ": " + e, e);
        }
        return workspace;
    }

    /** The folder itself, absolute. */
    public Path folder() {
        return folder;
    }

    /** The folder of the settings. */
    public Path configFolder() {
        return folder.resolve("config");
    }

    /** The folder of the prompts. */
    public Path promptsFolder() {
        return folder.resolve("prompts");
    }

    /** The folder of the base models. */
    public Path modelFolder() {
        return folder.resolve("model");
    }

    /** The folder of the textual-inversion embeddings, which need not exist. */
    public Path embeddingsFolder() {
        return folder.resolve("embeddings");
    }

    /** {@code cache}: what trainings keep for each other; may be deleted at any time. */
    public Path cacheFolder() {
        return folder.resolve("cache");
    }

    /** The folder of finished LoRAs, each in a folder of its own. */
    public Path loraFolder() {
        return folder.resolve("lora");
    }

    /**
     * The folder of one LoRA's results.
     *
     * @throws InvalidSettingException if the name cannot be a file name on every operating system
     */
    public Path loraFolder(String name) {
        return loraFolder().resolve(FileName.checkLora("lora_name", name));
    }

    /**
     * The file with a LoRA's settings; it need not exist.
     *
     * @throws InvalidSettingException if the name cannot be a file name on every operating system
     */
    public Path configFile(String name) {
        return configFolder().resolve(FileName.checkLora("lora_name", name) + YAML);
    }

    /**
     * The file with the prompts of a LoRA whose settings name no other: {@code NAME.toml} if that is there alone, otherwise
     * {@code NAME.yaml}, which need not exist.
     *
     * @throws InvalidSettingException if the name cannot be a file name on every operating system
     */
    public Path promptsFile(String name) {
        Path yaml = promptsFolder().resolve(FileName.checkLora("lora_name", name) + YAML);
        Path toml = tomlPrompts(name);
        return Files.exists(toml) && Files.notExists(yaml) ? toml : yaml;
    }

    private Path tomlPrompts(String name) {
        return promptsFolder().resolve(name + SettingsToml.EXTENSION);
    }

    /**
     * The names of all LoRAs that have settings, in the order of the alphabet.
     *
     * @throws StorageException if the folder cannot be read
     */
    public List<String> names() {
        return namesIn(configFolder(), YAML);
    }

    /** The names of the files of a folder with an extension, in the order of the alphabet. */
    static List<String> namesIn(Path folder, String extension) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(extension) && !file.startsWith("."))
                    .map(file -> file.substring(0, file.length() - extension.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StorageException("Cannot list the folder " + folder + ": " + e, e);
        }
    }

    /**
     * Reads a LoRA's settings and prompts.
     *
     * @throws InvalidSettingException if one of the files is missing or anything in them is wrong; the message has one
     *     line with file, line and key for everything that is
     * @throws StorageException if a file cannot be read
     */
    public LoraProject load(String name) {
        return load(name, LOG::warn);
    }

    /**
     * As {@link #load(String)}, which logs warnings.
     *
     * @param warnings is told what the user should know about the two files, one text each, which names the file
     */
    public LoraProject load(String name, Consumer<String> warnings) {
        List<String> problems = new ArrayList<>();
        SettingsDocument config = null;
        try {
            config = config(name, overrides);
        } catch (InvalidSettingException e) {
            problems.add(e.getMessage());
        }
        LecoPromptsFile prompts = null;
        try {
            prompts = readPrompts(name, config);
        } catch (InvalidSettingException e) {
            problems.add(e.getMessage());
        }
        if (config == null || prompts == null) {
            throw new InvalidSettingException(
                    String.join("\n", problems.stream().distinct().toList()));
        }
        config.warnings().forEach(warnings);
        prompts.warnings().forEach(warnings);
        return new LoraProject(config.settings(), prompts.prompts());
    }

    private LecoPromptsFile readPrompts(String name, @Nullable SettingsDocument config) {
        Path file = promptsFile(name, config);
        UnknownKeys unknownKeys =
                config == null ? UnknownKeys.REFUSED : config.layout().unknownKeys();
        if (config != null && config.promptsFile().isPresent() && Files.notExists(file)) {
            PromptsPath prompts = config.promptsFile().get();
            throw new InvalidSettingException(config.file() + ", line " + prompts.line() + ": prompts_file is "
                    + Problems.quote(prompts.path()) + ", which is neither in " + configFolder() + " nor in " + folder
                    + "; expected it there, or " + file);
        }
        requireOnlyOne(name, file);
        return LecoPromptsFile.read(file, unknownKeys, Optional.of(folder));
    }

    private void requireOnlyOne(String name, Path prompts) {
        Path toml = tomlPrompts(name);
        if (prompts.equals(promptsFile(name)) && !prompts.equals(toml) && Files.exists(toml)) {
            throw new InvalidSettingException("there are " + prompts + " and " + toml
                    + "; expected the prompts in one of them: remove the other");
        }
    }

    /**
     * Writes {@code config/NAME.yaml} and the prompts file; {@link #load} then gives equal values. Files that are there
     * keep their layout, their comments, and every line about what did not change.
     *
     * @throws InvalidSettingException if a file that is there cannot be read, since its content would be lost
     * @throws StorageException if a file cannot be written, or is a link
     */
    public void save(LoraSettings settings, List<PromptPair> prompts) {
        save(new LoraProject(settings, prompts));
    }

    /** As {@link #save(LoraSettings, List)}. */
    public void save(LoraProject project) {
        texts(project, null).forEach(SettingsFile::write);
    }

    /**
     * The files of a project with their texts, as {@link #save} writes them; the prompts first, since settings without
     * prompts would be a LoRA that cannot be trained.
     *
     * @param template whose text a new file with settings begins as; null for none
     */
    Map<Path, String> texts(LoraProject project, @Nullable SettingsDocument template) {
        Path configFile = configFile(project.name());
        SettingsDocument config = Files.exists(configFile) ? config(project.name()) : null;
        Path promptsFile = promptsFile(project.name(), config);
        RegularFile.requireReplaceable(configFile);
        RegularFile.requireReplaceable(promptsFile);
        SettingsDocument base = config == null ? template : config;
        Map<Path, String> texts = new LinkedHashMap<>();
        texts.put(
                promptsFile,
                Files.exists(promptsFile)
                        ? PromptsDocument.parse(promptsFile, SettingsYaml.text(promptsFile), Optional.of(folder))
                                .with(project.prompts())
                        : PromptsDocument.fresh(promptsFile, project.prompts()));
        texts.put(
                configFile, base == null ? SettingsDocument.fresh(project.settings()) : base.with(project.settings()));
        return texts;
    }

    /**
     * The base model of settings: its place, or the address to download it from.
     *
     * @throws InvalidSettingException if it is not there and cannot be downloaded
     */
    public ModelSource model(LoraSettings settings) {
        return model(
                settings, settings.model(), "model_name is ", "; put the model there, or add model_url to download it");
    }

    /**
     * The further base models of settings.
     *
     * @throws InvalidSettingException if one is not there, or there twice
     */
    public List<ModelSource> alsoOn(LoraSettings settings) {
        List<ModelSource> found = new ArrayList<>(List.of(model(settings)));
        for (ModelAddress address : settings.alsoOn()) {
            ModelSource model = model(settings, address, "also_on has ", "; put the model there, or give its path");
            if (found.contains(model)) {
                throw new InvalidSettingException(configFile(settings.name()) + ": also_on has "
                        + Problems.quote(address.displayName())
                        + ", which is there already; expected another model: each is trained on once. Leave it out");
            }
            found.add(model);
        }
        return List.copyOf(found.subList(1, found.size()));
    }

    private ModelSource model(LoraSettings settings, ModelAddress address, String found, String remedy) {
        if (address instanceof ModelAddress.Named named) {
            Path file = modelFile(named);
            if (Files.isRegularFile(file)) {
                return ModelSource.file(file);
            }
            Path diffusers = modelFolder().resolve(named.name());
            if (Files.isDirectory(diffusers)) {
                return ModelSource.folder(diffusers);
            }
            return named.url()
                    .map(url -> ModelSource.url(named.name(), url).into(modelFolder()))
                    .orElseThrow(() -> noModel(settings.name(), found, named, file, remedy));
        }
        return modelAt(settings.name(), ((ModelAddress.At) address).path());
    }

    /** The place, present or future, of a model of the folder {@code model} as a single file. */
    public Path modelFile(ModelAddress.Named model) {
        return modelFolder().resolve(model.name() + SAFETENSORS);
    }

    /**
     * The training that a project describes.
     *
     * @throws InvalidSettingException if its model is not there and cannot be downloaded, or the LoRA that it starts
     *     from is not there, or one of its own files
     */
    public LoraTraining training(LoraProject project) {
        return LoraTraining.builder()
                .name(project.name())
                .model(model(project.settings()))
                .alsoOn(alsoOn(project.settings()))
                .prompts(project.prompts())
                .spec(spec(project.settings()))
                .output(loraFolder(project.name()))
                .preview(project.settings().preview().whileTraining())
                .build();
    }

    /**
     * The settings of a training, with the whole path of the LoRA that it starts from, if it does, and that of the
     * embeddings, which are by default in the workspace's folder {@code embeddings} if it is there.
     *
     * @throws InvalidSettingException if that LoRA is not there, or one of the LoRA's own files, or the folder of
     *     embeddings that the settings name is not there
     */
    public TrainingSpec spec(LoraSettings settings) {
        TrainingSpec spec = settings.spec().toBuilder()
                .modelUse(use -> use.withEmbeddings(embeddings(settings)))
                .build();
        if (!(spec.method().start() instanceof LoraStart.FromLora from)) {
            return spec;
        }
        Path file = startFile(settings.name(), from.file().toString());
        return spec.toBuilder()
                .method(method -> method.withStart(LoraStart.from(file)))
                .build();
    }

    private Optional<Path> embeddings(LoraSettings settings) {
        Optional<Path> given = settings.spec().modelUse().embeddings();
        if (given.isEmpty()) {
            return Optional.of(embeddingsFolder()).filter(Files::isDirectory);
        }
        Path path = folder.resolve(given.get()).normalize();
        if (!Files.isDirectory(path)) {
            throw new InvalidSettingException(configFile(settings.name()) + ": embeddings is "
                    + Problems.quote(given.get().toString()) + "; expected a folder, but "
                    + (Files.exists(path) ? path + " is a file" : "there is no " + path));
        }
        return Optional.of(path);
    }

    private Path startFile(String name, String path) {
        String what = configFile(name) + ": start_from is " + Problems.quote(path);
        Path file = resolve(folder, configFile(name) + ": start_from", path);
        Path withExtension = resolve(folder, configFile(name) + ": start_from", path + SAFETENSORS);
        Path found = Files.notExists(file) && Files.exists(withExtension) ? withExtension : file;
        if (Files.notExists(found)) {
            throw new InvalidSettingException(what + "; expected a LoRA, but there is no " + file
                    + (path.endsWith(SAFETENSORS) ? "" : " and no " + withExtension));
        }
        Path own = loraFolder(name);
        if (found.equals(own.resolve(name + SAFETENSORS)) || found.equals(own.resolve(name + LARGE))) {
            throw new InvalidSettingException(what + ", which the training of " + name
                    + " replaces; expected another file. Copy it first, or give the new LoRA another name");
        }
        return found;
    }

    /** The text of a LoRA's settings and what it says. */
    SettingsDocument config(String name) {
        return config(name, SettingOverrides.NONE);
    }

    private SettingsDocument config(String name, SettingOverrides instead) {
        Path file = configFile(name);
        if (Files.notExists(file)) {
            List<String> names = names();
            String hint = names.isEmpty() ? "" : "; did you mean " + NearestWord.to(name, names) + "?";
            throw new InvalidSettingException(
                    "There are no settings for " + Problems.quote(name) + "; expected them in " + file + hint);
        }
        return SettingsDocument.parse(file, SettingsYaml.text(file), instead);
    }

    /**
     * The file of the prompts: the one that LECO's key names, relative to the settings or the workspace, or the one of
     * the LoRA's name. A path that leads outside is refused, since a workspace may come from somebody else, and prompts
     * go into records, reports and LoRAs; a link that lies inside was put there by whoever made the folder, and is
     * followed.
     */
    private Path promptsFile(String name, @Nullable SettingsDocument config) {
        Path byName = promptsFile(name);
        if (config == null || config.promptsFile().isEmpty()) {
            return byName;
        }
        PromptsPath prompts = config.promptsFile().get();
        String where = config.file() + ", line " + prompts.line() + ": prompts_file";
        List<Path> inside = Stream.of(configFolder(), folder)
                .map(base -> resolve(base, where, prompts.path()))
                .filter(file -> file.startsWith(folder))
                .toList();
        if (inside.isEmpty()) {
            throw new InvalidSettingException(where + " is " + Problems.quote(prompts.path())
                    + ", which lies outside of the workspace; expected a path within " + folder);
        }
        return inside.stream().filter(Files::isRegularFile).findFirst().orElse(byName);
    }

    private ModelSource modelAt(String name, String path) {
        Path model = resolve(folder, configFile(name) + ": the model's path", path);
        Path withExtension = resolve(folder, configFile(name) + ": the model's path", path + SAFETENSORS);
        if (Files.isDirectory(model)) {
            return ModelSource.folder(model);
        } else if (Files.exists(model)) {
            return ModelSource.file(model);
        } else if (Files.exists(withExtension)) {
            return ModelSource.file(withExtension);
        }
        throw new InvalidSettingException(configFile(name) + ": the model's path is " + Problems.quote(path)
                + "; expected a folder in diffusers' layout or a .safetensors file, but there is neither " + model
                + " nor " + withExtension);
    }

    private InvalidSettingException noModel(
            String name, String found, ModelAddress.Named model, Path file, String remedy) {
        return new InvalidSettingException(
                configFile(name) + ": " + found + Problems.quote(model.name()) + ", but there is no " + file + remedy);
    }

    private static Path resolve(Path base, String what, String path) {
        try {
            return base.resolve(path).normalize();
        } catch (InvalidPathException e) {
            throw new InvalidSettingException(
                    what + " is " + Problems.quote(path) + "; expected a path: " + e.getReason(), e);
        }
    }
}
