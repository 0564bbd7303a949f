package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.NearestWord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The keys and values of one YAML mapping, read by name. Problems are noted rather than thrown, so that reading goes
 * on; a getter then gives null or a fallback. A key without a value counts as absent. After the last getter,
 * {@link #reportUnknownKeys()} notes every key that no getter asked for.
 */
final class SettingsSection {

    /** Stands for required text that is missing; never seen, since a problem was noted. */
    private static final String MISSING = "missing";

    private final String name;
    private final int line;
    private final Problems problems;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    private SettingsSection(String name, int line, Problems problems) {
        this.name = name;
        this.line = line;
        this.problems = problems;
    }

    /**
     * The section that a node holds; an empty one if the node is absent or, noted as a problem, no mapping.
     *
     * @param name name of this section's keys in messages, such as {@code train}; empty for the file's own keys
     */
    static SettingsSection of(String name, @Nullable Node node, Problems problems) {
        SettingsSection section =
                new SettingsSection(name, node == null ? 1 : node.getStartMark().getLine() + 1, problems);
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(section::add);
        } else if (node != null && !isNull(node)) {
            problems.add(node, (name.isEmpty() ? "" : name + ": ") + "expected keys and values, such as 'key: value'");
        }
        return section;
    }

    private void add(NodeTuple entry) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            problems.add(entry.getKeyNode(), "a key must be a word");
            return;
        }
        NodeTuple earlier = entries.putIfAbsent(key.getValue(), entry);
        if (earlier != null) {
            problems.add(
                    key,
                    path(key.getValue()) + " is given twice, first on line "
                            + (earlier.getKeyNode().getStartMark().getLine() + 1) + "; remove one of them");
        }
    }

    /** The line on which the section starts, from 1. */
    int line() {
        return line;
    }

    /** The section under a key, empty if absent. */
    SettingsSection section(String key) {
        return of(path(key), value(key), problems);
    }

    /** The value of a key; a problem, which is noted, and its absence give null. */
    <T> @Nullable T value(String key, Kind<T> kind) {
        String text = scalar(key);
        return text == null ? null : parse(key, text, kind);
    }

    /** The value of a key; a problem, which is noted, and its absence give the fallback. */
    <T> T value(String key, Kind<T> kind, T fallback) {
        return Objects.requireNonNullElse(value(key, kind), fallback);
    }

    /** A value that must be there; its absence is noted as a problem, and a placeholder lets reading continue. */
    String required(String key, Kind<String> kind, String meaning) {
        if (!given(key)) {
            reportMissing(key, meaning);
        }
        return value(key, kind, MISSING);
    }

    /** A list of values under a key, a single one may stand without brackets; a problem and its absence give null. */
    <T> @Nullable List<T> values(String key, Kind<T> kind) {
        Node node = value(key);
        if (node == null || isNull(node)) {
            return null;
        }
        List<T> values = new ArrayList<>();
        for (Node item : node instanceof SequenceNode list ? list.getValue() : List.of(node)) {
            if (item instanceof ScalarNode scalar) {
                T value = parse(key, scalar.getValue(), kind);
                if (value == null) {
                    return null;
                }
                values.add(value);
            } else {
                problems.add(item, path(key) + " must be a list of single values, such as [a, b]");
            }
        }
        return values;
    }

    /**
     * The entries of a list, each a section; a single one may stand without brackets, and a single value is that of a key
     * of its section. Null if absent.
     *
     * @param key that has the list
     * @param keyOfValue key of an entry that is a single value
     */
    @Nullable
    List<SettingsSection> sections(String key, String keyOfValue) {
        Node node = value(key);
        if (node == null || isNull(node)) {
            return null;
        }
        List<SettingsSection> sections = new ArrayList<>();
        for (Node item : node instanceof SequenceNode list ? list.getValue() : List.of(node)) {
            if (item instanceof ScalarNode) {
                SettingsSection section = of(path(key), null, problems);
                section.override(keyOfValue, item);
                sections.add(section);
            } else {
                sections.add(of(path(key), item, problems));
            }
        }
        return sections;
    }

    /** Whether a key has a list, or keys and values. */
    boolean isList(String key) {
        return value(key) instanceof CollectionNode<?>;
    }

    /**
     * The texts of a list; keys and values, be they in it or instead of it, are texts such as {@code key=value}, and a
     * single value is a list too. A problem, which is noted, and its absence give null.
     */
    @Nullable
    List<String> texts(String key) {
        Node node = value(key);
        if (node == null || isNull(node)) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (Node item : node instanceof SequenceNode list ? list.getValue() : List.of(node)) {
            if (item instanceof ScalarNode scalar) {
                texts.add(scalar.getValue());
            } else if (item instanceof MappingNode mapping
                    && mapping.getValue().stream().allMatch(SettingsSection::isPair)) {
                mapping.getValue()
                        .forEach(pair -> texts.add(((ScalarNode) pair.getKeyNode()).getValue() + "="
                                + ((ScalarNode) pair.getValueNode()).getValue()));
            } else {
                problems.add(item, path(key) + " must be a list of single values, such as [a, b]");
                return null;
            }
        }
        return texts;
    }

    private static boolean isPair(NodeTuple entry) {
        return entry.getKeyNode() instanceof ScalarNode && entry.getValueNode() instanceof ScalarNode;
    }

    private <T> @Nullable T parse(String key, String text, Kind<T> kind) {
        String note = kind.note().apply(text);
        if (note != null) {
            warn(key, text, note);
        }
        try {
            T value = kind.reader().apply(text);
            if (value == null) {
                report(key, text, kind.expected());
            }
            return value;
        } catch (InvalidSettingException e) {
            report(key, e.getMessage());
            return null;
        }
    }

    /** Notes something that the user should know about a key's value. */
    void warn(String key, String found, String text) {
        problems.warn(lineOf(key), path(key) + " is " + Problems.quote(found) + "; " + text);
    }

    /** Notes something that the user should know about the section. */
    void warn(String text) {
        problems.warn(line, text);
    }

    /** Whether a key has a value. */
    boolean given(String key) {
        Node node = value(key);
        return node != null && !isNull(node);
    }

    /** Whether a key of another program has a value; messages do not list such keys. */
    boolean givenUnlisted(String key) {
        return entries.containsKey(key) && given(key);
    }

    /** Replaces what a key says by what a command line says. */
    void override(String key, Node value) {
        Node name = new ScalarNode(Tag.STR, key, value.getStartMark(), value.getEndMark(), ScalarStyle.PLAIN);
        entries.put(key, new NodeTuple(name, value));
    }

    /** Whether a key stands here; messages do not list it for that. */
    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Forgets a key. */
    void remove(String key) {
        entries.remove(key);
    }

    /** Notes that a key that must be there is not. */
    void reportMissing(String key, String meaning) {
        problems.add(line, path(key) + " is missing; expected " + meaning);
    }

    /** Notes that a key's value is not as expected. */
    void report(String key, String found, String expected) {
        add(key, path(key) + " is " + Problems.quote(found) + "; expected " + expected);
    }

    /** Notes a problem on the line of a key, which is put before it unless it begins with it. */
    void report(String key, String problem) {
        if (problem.startsWith(path(key) + " ")) {
            add(key, problem);
        } else {
            add(key, path(key) + (problem.startsWith("is ") ? " " : ": ") + problem);
        }
    }

    private void add(String key, String text) {
        NodeTuple entry = entries.get(key);
        if (entry == null) {
            problems.add(line, text);
        } else {
            problems.add(entry.getKeyNode(), text);
        }
    }

    /** Hands a value on, noting what a builder of the API objects to on the line of the key. */
    <T> void apply(String key, T value, Consumer<T> setter) {
        try {
            setter.accept(value);
        } catch (InvalidSettingException e) {
            report(key, e.getMessage());
        }
    }

    /** Notes every key that was not asked for, with the nearest one that could have been. */
    void reportUnknownKeys() {
        Map<String, NodeTuple> unknown = new LinkedHashMap<>(entries);
        unknown.keySet().removeAll(known);
        if (problems.unknownKeys() == UnknownKeys.IGNORED) {
            unknown.forEach((key, entry) ->
                    problems.ignore(entry.getKeyNode(), path(key), () -> NearestWord.closeTo(key, known)));
            return;
        }
        unknown.forEach((key, entry) -> problems.add(
                entry.getKeyNode(),
                () -> path(key) + " is unknown; "
                        + NearestWord.closeTo(key, known)
                                .map(near -> "did you mean " + near + "?")
                                .orElseGet(() -> "expected one of " + String.join(", ", known))));
    }

    private @Nullable Node value(String key) {
        known.add(key);
        NodeTuple entry = entries.get(key);
        return entry == null ? null : entry.getValueNode();
    }

    private @Nullable String scalar(String key) {
        Node node = value(key);
        if (node == null || isNull(node)) {
            return null;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        problems.add(node, path(key) + " must be a single value, not a list or a section");
        return null;
    }

    /** The line of a key, or of the section if it is absent; from 1. */
    int lineOf(String key) {
        NodeTuple entry = entries.get(key);
        return entry == null ? line : entry.getKeyNode().getStartMark().getLine() + 1;
    }

    private String path(String key) {
        String shown = key.length() <= 60 ? key : key.substring(0, 60) + "…";
        return name.isEmpty() ? shown : name + "." + shown;
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }
}
