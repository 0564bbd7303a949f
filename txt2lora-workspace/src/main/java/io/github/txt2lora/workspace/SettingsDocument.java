package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;

/**
 * The text of a {@code config} file and what it says.
 *
 * @param file its file
 * @param text all of it
 * @param layout its keys
 * @param settings its settings
 * @param promptsFile LECO's {@code prompts_file}, if it has one
 * @param warnings warnings for the user
 */
record SettingsDocument(
        Path file,
        String text,
        SettingsLayout layout,
        LoraSettings settings,
        Optional<PromptsPath> promptsFile,
        List<String> warnings) {

    /** Keys that a new file has even with their defaults, since users change these first. */
    private static final Set<SettingKey> ALWAYS = EnumSet.of(
            SettingKey.LORA_NAME,
            SettingKey.MODEL_NAME,
            SettingKey.MODEL_URL,
            SettingKey.MODEL_PATH,
            SettingKey.TRAIN_ITERATIONS,
            SettingKey.TRAIN_LR,
            SettingKey.RANK,
            SettingKey.ALPHA,
            SettingKey.SEED);

    /**
     * Reads a text.
     *
     * @throws InvalidSettingException if anything in it is wrong; the message names file, line and key of everything
     *     that is
     */
    static SettingsDocument parse(Path file, String text) {
        return parse(file, text, SettingOverrides.NONE);
    }

    /** As {@link #parse(Path, String)}, with what a command line says instead. */
    static SettingsDocument parse(Path file, String text, SettingOverrides overrides) {
        Node root = SettingsYaml.compose(file, text);
        SettingsLayout layout = SettingsLayout.of(root);
        Problems problems = new Problems(file, layout.unknownKeys());
        SettingsKeys keys = new SettingsKeys(layout, root, problems);
        overrides.applyTo(keys, problems);
        Optional<PromptsPath> promptsFile =
                layout == SettingsLayout.LECO_EXTENDED ? LecoConfigFile.readRest(keys) : Optional.empty();
        LoraSettings settings = read(keys, nameOf(file));
        problems.throwIfAny();
        return new SettingsDocument(file, text, layout, settings, promptsFile, problems.warnings());
    }

    /** Reads the settings of a LoRA from all keys; errors go to the problems of the keys. */
    static LoraSettings read(SettingsKeys keys, String name) {
        return SettingsDraft.read(keys, readName(keys, name));
    }

    /** A file's name without its extension, which is the LoRA's name. */
    private static String nameOf(Path file) {
        String fileName = Objects.requireNonNullElse(file.getFileName(), file).toString();
        return fileName.substring(0, fileName.length() - Workspace.YAML.length());
    }

    private static String readName(SettingsKeys keys, String fileName) {
        String name = keys.value(SettingKey.LORA_NAME, Kind.TEXT, fileName);
        if (!name.equals(fileName)) {
            keys.report(
                    SettingKey.LORA_NAME, name, Problems.quote(fileName) + ", the file's own name: change one of them");
        }
        return fileName;
    }

    /** The text of a new file in Txt2Lora's layout. */
    static String fresh(LoraSettings settings) {
        Map<SettingKey, String> defaults =
                write(LoraSettings.of(settings.name(), settings.model()), SettingsLayout.FLAT);
        StringBuilder text = new StringBuilder();
        write(settings, SettingsLayout.FLAT).forEach((key, value) -> {
            if (ALWAYS.contains(key) || !value.equals(defaults.get(key))) {
                text.append(key.flat()).append(": ").append(value).append('\n');
            }
        });
        return text.toString();
    }

    /** The text with other settings, changed as little as possible; a new one if it cannot be changed. */
    String with(LoraSettings changed) {
        if (changed.equals(settings)) {
            return text;
        }
        String edited = edited(changed);
        try {
            if (parse(file, edited).settings().equals(changed)) {
                return edited;
            }
        } catch (InvalidSettingException cannotBeEdited) {
            // A way of writing that YamlText does not know: rewrite the file.
        }
        return fresh(changed);
    }

    private String edited(LoraSettings changed) {
        Map<SettingKey, String> before = write(settings, layout);
        Map<SettingKey, String> after = write(changed, layout);
        YamlText edited = new YamlText(text);
        if (SettingsYaml.compose(file, text) instanceof MappingNode root) {
            for (SettingKey key : SettingKey.values()) {
                if (!Objects.equals(before.get(key), after.get(key))) {
                    edit(edited, root, pathIn(root, key), after.get(key));
                }
            }
        }
        return edited.changed();
    }

    private List<String> pathIn(MappingNode root, SettingKey key) {
        return YamlText.entry(root, key.alias()) == null ? layout.path(key) : List.of(key.alias());
    }

    private static void edit(YamlText edited, MappingNode root, List<String> path, @Nullable String value) {
        String key = path.get(path.size() - 1);
        MappingNode mapping = root;
        if (path.size() > 1) {
            NodeTuple section = YamlText.entry(root, path.get(0));
            if (section == null && value != null) {
                edited.setInNewSection(root, path.get(0), key, value);
            }
            if (section == null || !(section.getValueNode() instanceof MappingNode inner)) {
                return;
            }
            mapping = inner;
        }
        if (value == null) {
            edited.remove(mapping, key);
        } else {
            edited.set(mapping, key, value);
        }
    }

    /** The values of a layout's keys as they are written in YAML. */
    static Map<SettingKey, String> write(LoraSettings settings, SettingsLayout layout) {
        Map<SettingKey, String> texts = new EnumMap<>(SettingKey.class);
        for (SettingKey key : SettingKey.values()) {
            key.write(settings, layout).ifPresent(text -> texts.put(key, text));
        }
        return texts;
    }
}
