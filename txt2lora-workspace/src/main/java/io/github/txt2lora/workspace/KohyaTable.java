package io.github.txt2lora.workspace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A table of kohya's prompts.
 *
 * @param place where it stands
 * @param keys its keys with their values, in their order
 */
record KohyaTable(Node place, Map<String, NodeTuple> keys) {

    static KohyaTable of(MappingNode table) {
        Map<String, NodeTuple> keys = new LinkedHashMap<>();
        for (NodeTuple entry : table.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key) {
                keys.put(key.getValue(), entry);
            }
        }
        return new KohyaTable(table, keys);
    }

    boolean has(String key) {
        return keys.containsKey(key);
    }

    /** The place of a key that is there. */
    Node keyNode(String key) {
        return entry(key).getKeyNode();
    }

    /** The value of a key that is there. */
    Node value(String key) {
        return entry(key).getValueNode();
    }

    private NodeTuple entry(String key) {
        return Objects.requireNonNull(keys.get(key));
    }

    /** The line of a key that is there, from 1. */
    int line(String key) {
        return keyNode(key).getStartMark().getLine() + 1;
    }

    /** Whether a flag is there and set. */
    boolean isTrue(String key) {
        return has(key) && value(key).getTag().equals(Tag.BOOL) && texts(key).contains("true");
    }

    /** The single values of a key that is there: one, or those of a list. */
    List<String> texts(String key) {
        List<Node> values = value(key) instanceof SequenceNode list ? list.getValue() : List.of(value(key));
        return values.stream()
                .filter(ScalarNode.class::isInstance)
                .map(value -> ((ScalarNode) value).getValue())
                .toList();
    }

    /** The same without a key. */
    KohyaTable without(String key) {
        Map<String, NodeTuple> others = new LinkedHashMap<>(keys);
        others.remove(key);
        return new KohyaTable(place, others);
    }

    /** Its keys and, where it lacks one, that of the defaults; of both only those that are known. */
    KohyaTable over(KohyaTable defaults, Set<String> known) {
        Map<String, NodeTuple> all = new LinkedHashMap<>(defaults.keys);
        all.putAll(keys);
        all.keySet().retainAll(known);
        return new KohyaTable(place, all);
    }

    /** The keys as the readers of settings take them. */
    SettingsSection section(Problems problems) {
        var node = new MappingNode(
                Tag.MAP, true, List.copyOf(keys.values()), place.getStartMark(), place.getEndMark(), FlowStyle.BLOCK);
        return SettingsSection.of("", node, problems);
    }
}
