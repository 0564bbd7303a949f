package io.github.txt2lora.workspace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The type of a value in kohya's prompts: unlike YAML, TOML tells a number from a number in quotes. */
enum KohyaType {
    TEXT("a text in quotes"),
    FLAG("true or false"),
    NUMBER("a number");

    private static final Set<String> FLAGS = Set.of(PromptKey.DYNAMIC_RESOLUTION.key(), PromptKey.DYNAMIC_CROPS.key());

    private static final Set<String> NUMBERS = Set.of(
            PromptKey.GUIDANCE_SCALE.key(),
            PromptKey.RESOLUTION.key(),
            KohyaSlider.RESOLUTIONS,
            PromptKey.BATCH_SIZE.key(),
            PromptKey.MULTIPLIER.key(),
            PromptKey.WEIGHT.key());

    private final String expected;

    KohyaType(String expected) {
        this.expected = expected;
    }

    private boolean hasTag(Tag tag) {
        return switch (this) {
            case TEXT -> tag.equals(Tag.STR);
            case FLAG -> tag.equals(Tag.BOOL);
            case NUMBER -> tag.equals(Tag.INT) || tag.equals(Tag.FLOAT);
        };
    }

    private static KohyaType of(String key) {
        if (FLAGS.contains(key)) {
            return FLAG;
        }
        return NUMBERS.contains(key) ? NUMBER : TEXT;
    }

    /** The table without the values of wrong types, which are noted. */
    static KohyaTable checked(KohyaTable table, Problems problems) {
        Map<String, NodeTuple> right = new LinkedHashMap<>();
        table.keys().forEach((key, entry) -> {
            KohyaType type = of(key);
            Optional<Node> wrong = type.wrong(entry.getValueNode());
            if (wrong.isPresent()) {
                problems.add(entry.getKeyNode(), key + " is " + shown(wrong.get()) + "; expected " + type.expected);
            }
            // a text of another type is a text still, and not missing
            if (wrong.isEmpty() || (type == TEXT && wrong.get() instanceof ScalarNode)) {
                right.put(key, entry);
            }
        });
        return new KohyaTable(table.place(), right);
    }

    /** The first value of another type, in a list too. */
    private Optional<Node> wrong(Node value) {
        if (value instanceof SequenceNode list) {
            return list.getValue().stream()
                    .flatMap(element -> wrong(element).stream())
                    .findFirst();
        }
        return hasTag(value.getTag()) ? Optional.empty() : Optional.of(value);
    }

    private static String shown(Node value) {
        if (!(value instanceof ScalarNode scalar)) {
            return "a table";
        }
        String text = Problems.quote(scalar.getValue());
        if (value.getTag().equals(Tag.STR)) {
            return "the text " + text;
        } else if (value.getTag().equals(Tag.TIMESTAMP)) {
            return "the date or time " + text;
        }
        return (value.getTag().equals(Tag.BOOL) ? "" : "the number ") + scalar.getValue();
    }
}
