package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.NearestWord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Settings of a command line, which come before those of a file; messages call them {@code --set}. */
final class SettingOverrides {

    /** Settings that hold for whatever a file says. */
    static final SettingOverrides NONE = new SettingOverrides(new EnumMap<>(SettingKey.class));

    private static final Path NO_FILE = Path.of("");

    private static final Set<SettingKey> OF_CONFIGURATIONS = Set.of(SettingKey.MODEL_PATH, SettingKey.LORA_NAME);

    private final Map<SettingKey, String> values;

    private SettingOverrides(Map<SettingKey, String> values) {
        this.values = values;
    }

    /**
     * Settings by their keys in either layout.
     *
     * @throws InvalidSettingException if a key is unknown or given twice; the message names the nearest
     */
    static SettingOverrides of(Map<String, String> texts) {
        Map<SettingKey, String> values = new EnumMap<>(SettingKey.class);
        Check.given("settings", texts).forEach((name, text) -> {
            SettingKey key = SettingKey.ofName(name.strip())
                    .orElseThrow(() -> new InvalidSettingException(
                            "--set: the key " + Problems.quote(name) + " is unknown; " + hint(name.strip())));
            if (values.put(key, Check.given(name, text)) != null) {
                throw new InvalidSettingException("--set: " + key.flat() + " is given twice; remove one of them");
            }
        });
        return new SettingOverrides(values);
    }

    /** The texts by the keys of a workspace's files. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        values.forEach((key, text) -> texts.put(key.flat(), text));
        return texts;
    }

    private static String hint(String name) {
        List<String> known = SettingKey.flatKeys();
        return NearestWord.closeTo(name, known)
                .map(near -> "did you mean " + near + "?")
                .orElseGet(() -> "expected one of " + String.join(", ", known));
    }

    /** Puts the values in place of those of a file, of which details of what changes are forgotten. */
    void applyTo(SettingsKeys keys, Problems problems) {
        for (SettingKey key : values.keySet()) {
            key.details().forEach(detail -> keys.section(detail).remove(keys.name(detail)));
        }
        values.forEach((key, text) -> {
            if (keys.layout() == SettingsLayout.LECO
                    && key.leco().isEmpty()
                    && key.part() != SettingPart.TRAINING
                    && !OF_CONFIGURATIONS.contains(key)) {
                problems.add(Problems.COMMAND_LINE, key.flat() + " has no effect without a workspace");
            }
            keys.section(key).override(keys.name(key), node(text));
        });
    }

    private static Node node(String text) {
        Mark mark = new Mark("--set", 0, Problems.COMMAND_LINE - 1, 0, new int[0], 0);
        return elements(text)
                .<Node>map(elements -> new SequenceNode(
                        Tag.SEQ,
                        true,
                        new ArrayList<>(elements.stream()
                                .map(element -> scalar(element, mark))
                                .toList()),
                        mark,
                        mark,
                        FlowStyle.FLOW))
                .orElseGet(() -> scalar(text, mark));
    }

    private static Node scalar(String text, Mark mark) {
        return new ScalarNode(Tag.STR, text, mark, mark, ScalarStyle.DOUBLE_QUOTED);
    }

    /** The elements of a list in brackets; empty for a text that is none. */
    static Optional<List<String>> elements(String text) {
        if (!text.strip().startsWith("[")) {
            return Optional.empty();
        }
        try {
            if (SettingsYaml.compose(NO_FILE, text) instanceof SequenceNode list
                    && list.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
                return Optional.of(list.getValue().stream()
                        .map(item -> ((ScalarNode) item).getValue())
                        .toList());
            }
        } catch (InvalidSettingException noList) {
            // a text that begins as a list does
        }
        return Optional.empty();
    }
}
