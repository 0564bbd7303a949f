package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The text of a prompts file and what it says.
 *
 * @param file where it lies
 * @param text all of it
 * @param prompts what it says
 */
record PromptsDocument(Path file, String text, List<PromptPair> prompts) {

    /**
     * Reads a text.
     *
     * @throws InvalidSettingException if anything in it is wrong; the message names file, line and key of everything
     *     that is
     */
    static PromptsDocument parse(Path file, String text) {
        return new PromptsDocument(
                file,
                text,
                LecoPromptsFile.parse(file, text, UnknownKeys.IGNORED).prompts());
    }

    /** The text of a new file. */
    static String fresh(List<PromptPair> prompts) {
        return prompts.stream().map(PromptsDocument::entry).collect(Collectors.joining());
    }

    /** The text with other prompts, changed as little as possible; a new one if it cannot be changed. */
    String with(List<PromptPair> changed) {
        if (changed.equals(prompts)) {
            return text;
        }
        if (changed.size() >= prompts.size()) {
            String edited = edited(changed);
            try {
                if (parse(file, edited).prompts().equals(changed)) {
                    return edited;
                }
            } catch (InvalidSettingException cannotBeEdited) {
                // A way of writing that YamlText does not know: write the file anew.
            }
        }
        return fresh(changed);
    }

    private String edited(List<PromptPair> changed) {
        YamlText edited = new YamlText(text);
        if (SettingsYaml.compose(file, text) instanceof SequenceNode list) {
            for (int i = 0; i < prompts.size(); i++) {
                if (list.getValue().get(i) instanceof MappingNode entry) {
                    Map<String, String> before = write(prompts.get(i));
                    write(changed.get(i)).forEach((key, value) -> {
                        if (!Objects.equals(before.get(key), value)) {
                            edited.set(entry, key, value);
                        }
                    });
                }
            }
        }
        if (changed.size() > prompts.size()) {
            edited.append(fresh(changed.subList(prompts.size(), changed.size())));
        }
        return edited.changed();
    }

    /** An entry of a new file, without what is the default anyway. */
    private static String entry(PromptPair pair) {
        Map<String, String> values = write(pair);
        if (pair.positive().equals(pair.target())) {
            values.remove("positive");
        }
        if (pair.neutral().equals(pair.unconditional())) {
            values.remove("neutral");
        }
        values.remove("unconditional", ScalarText.text(""));
        values.remove("batch_size", "1");
        values.remove("dynamic_resolution", "false");
        values.remove("dynamic_crops", "false");
        values.remove("weight", "1.0");
        return values.entrySet().stream()
                .map(value -> value.getKey() + ": " + value.getValue() + "\n")
                .collect(Collectors.joining("  ", "- ", ""));
    }

    /** The values of an entry's keys as they are written in YAML. */
    static Map<String, String> write(PromptPair pair) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("target", ScalarText.text(pair.target()));
        values.put("positive", ScalarText.text(pair.positive()));
        values.put("unconditional", ScalarText.text(pair.unconditional()));
        values.put("neutral", ScalarText.text(pair.neutral()));
        values.put("action", pair.action().name().toLowerCase(Locale.ROOT));
        values.put("guidance_scale", ScalarText.number(pair.guidanceScale()));
        values.put("resolution", String.valueOf(pair.resolution()));
        values.put("batch_size", String.valueOf(pair.batchSize()));
        values.put("dynamic_resolution", String.valueOf(pair.dynamicResolution()));
        values.put("dynamic_crops", String.valueOf(pair.dynamicCrops()));
        values.put("weight", ScalarText.number(pair.weight()));
        return values;
    }
}
