package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The text of a prompts file and what it says.
 *
 * @param file its file
 * @param text all of it
 * @param prompts its prompts
 */
record PromptsDocument(Path file, String text, List<PromptPair> prompts) {

    private static final PromptPair DEFAULTS = PromptPair.preserve("").build();

    /** Keys that a new file leaves out where they have their defaults; the others are those that users change first. */
    private static final Set<PromptKey> UNLESS_DEFAULT = EnumSet.of(
            PromptKey.UNCONDITIONAL,
            PromptKey.BATCH_SIZE,
            PromptKey.DYNAMIC_RESOLUTION,
            PromptKey.DYNAMIC_CROPS,
            PromptKey.MULTIPLIER,
            PromptKey.WEIGHT,
            PromptKey.PICTURES,
            PromptKey.PICTURE_WEIGHT);

    /**
     * Reads a text.
     *
     * @param within the folder that other files with prompts must lie in; empty for any
     * @throws InvalidSettingException if anything in it is wrong; the message names file, line and key of everything
     *     that is
     */
    static PromptsDocument parse(Path file, String text, Optional<Path> within) {
        return new PromptsDocument(
                file,
                text,
                LecoPromptsFile.parse(file, text, UnknownKeys.IGNORED, within).prompts());
    }

    /** The text of a new file, in TOML or YAML by its extension. */
    static String fresh(Path file, List<PromptPair> prompts) {
        return SettingsToml.isToml(file) ? toml(prompts) : yaml(prompts);
    }

    /** The text of a new file in YAML. */
    static String yaml(List<PromptPair> prompts) {
        return prompts.stream()
                .map(pair -> keys(pair).entrySet().stream()
                        .map(value -> value.getKey() + ": " + value.getValue() + "\n")
                        .collect(Collectors.joining("  ", "- ", "")))
                .collect(Collectors.joining());
    }

    /** The text of a new file in kohya's TOML, whose values are written as those of YAML are here. */
    static String toml(List<PromptPair> prompts) {
        return prompts.stream()
                .map(pair -> keys(pair).entrySet().stream()
                        .map(value -> value.getKey() + " = " + tomlValue(value) + "\n")
                        .collect(Collectors.joining("", "[[prompts]]\n", "")))
                .collect(Collectors.joining("\n"));
    }

    /** Words stand in quotes there. */
    private static String tomlValue(Map.Entry<String, String> value) {
        return value.getKey().equals(PromptKey.ACTION.key()) ? ScalarText.text(value.getValue()) : value.getValue();
    }

    /** The text with other prompts, changed as little as possible; a new one if it cannot be changed, as TOML. */
    String with(List<PromptPair> changed) {
        if (changed.equals(prompts)) {
            return text;
        }
        if (changed.size() >= prompts.size() && !SettingsToml.isToml(file)) {
            String edited = edited(changed);
            try {
                if (parse(file, edited, Optional.empty()).prompts().equals(changed)) {
                    return edited;
                }
            } catch (InvalidSettingException cannotBeEdited) {
                // A way of writing that YamlText does not know: rewrite the file.
            }
        }
        return fresh(file, changed);
    }

    private String edited(List<PromptPair> changed) {
        YamlText edited = new YamlText(text);
        // a slider is one entry of several prompts
        if (SettingsYaml.compose(file, text) instanceof SequenceNode list
                && list.getValue().size() == prompts.size()) {
            for (int i = 0; i < prompts.size(); i++) {
                if (list.getValue().get(i) instanceof MappingNode entry) {
                    Map<String, String> before = PromptKey.write(prompts.get(i));
                    PromptKey.write(changed.get(i)).forEach((key, value) -> {
                        if (!Objects.equals(before.get(key), value)) {
                            edited.set(entry, key, value);
                        }
                    });
                }
            }
        }
        if (changed.size() > prompts.size()) {
            edited.append(yaml(changed.subList(prompts.size(), changed.size())));
        }
        return edited.changed();
    }

    /** The keys of an entry of a new file, without those that have their defaults. */
    private static Map<String, String> keys(PromptPair pair) {
        Map<String, String> values = PromptKey.write(pair);
        if (pair.positive().equals(pair.target())) {
            values.remove("positive");
        }
        if (pair.neutral().equals(pair.unconditional())) {
            values.remove("neutral");
        }
        Map<String, String> defaults = PromptKey.write(DEFAULTS);
        for (PromptKey key : UNLESS_DEFAULT) {
            boolean isMark = key == PromptKey.MULTIPLIER && pair.target().isBlank() && !pair.preserves();
            if (!isMark) {
                values.remove(key.key(), defaults.get(key.key()));
            }
        }
        return values;
    }
}
