package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.NearestWord;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The keys and values of one YAML mapping, read by name. Problems are noted rather than thrown, so that reading goes
 * on; a getter then gives its default. A key without a value counts as absent. After the last getter,
 * {@link #reportUnknownKeys()} notes every key that no getter asked for.
 *
 * <p>Numbers and words are taken as written, whatever YAML makes of them: {@code 1e-4} is a number, and {@code no} as a
 * prompt is the word.
 */
final class SettingsSection {

    /** Stands for required text that is missing; never seen, since a problem was noted. */
    private static final String MISSING = "missing";

    private static final String WHOLE_NUMBER = "a whole number";

    private static final String PATH_EXPECTED =
            "a path without control characters: in double quotes \\ begins an escape, so write / or use single quotes";

    /** Sixty-four bits have 20 digits; the rest is for underscores, a point and an exponent. */
    private static final int LONGEST_NUMBER = 40;

    private static final Pattern NUMBER =
            Pattern.compile("[-+]?+(?:\\d[\\d_]*+(?:\\.[\\d_]*+)?+|\\.\\d[\\d_]*+)(?:[eE][-+]?+\\d{1,9})?+");

    private static final Words<Boolean> SWITCHES = Words.of("true", true)
            .and("false", false)
            .and("yes", true)
            .and("no", false)
            .and("on", true)
            .and("off", false);

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
     * @param name how messages call the keys of this section, such as {@code train}; empty for the file's own keys
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

    /** Text under a key. */
    String text(String key, String fallback) {
        String text = scalar(key);
        return text == null ? fallback : text;
    }

    /** Text that must be there; its absence is noted as a problem, and a placeholder lets reading go on. */
    String requiredText(String key, String meaning) {
        Node node = value(key);
        if (node == null || isNull(node)) {
            reportMissing(key, meaning);
        }
        String text = scalar(key);
        return text == null ? MISSING : text;
    }

    /** A number under a key. */
    double number(String key, double fallback) {
        String text = scalar(key);
        if (text == null) {
            return fallback;
        }
        Double number = parseNumber(text);
        if (number == null) {
            report(key, text, "a number");
            return fallback;
        }
        return number;
    }

    /** A whole number under a key. */
    int integer(String key, int fallback) {
        String text = scalar(key);
        if (text == null) {
            return fallback;
        }
        Double number = parseNumber(text);
        if (number == null || number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            report(key, text, WHOLE_NUMBER);
            return fallback;
        }
        return number.intValue();
    }

    /** A whole number of any size that fits into 64 bits under a key. */
    long wholeNumber(String key, long fallback) {
        String text = scalar(key);
        if (text == null) {
            return fallback;
        }
        Long number = parseWholeNumber(text);
        if (number == null) {
            report(key, text, WHOLE_NUMBER);
            return fallback;
        }
        return number;
    }

    /** A number under a key, with all its digits. */
    BigDecimal decimal(String key, BigDecimal fallback) {
        String text = scalar(key);
        if (text == null) {
            return fallback;
        }
        BigDecimal number = parseDecimal(text);
        if (number == null) {
            report(key, text, "a number");
            return fallback;
        }
        return number;
    }

    /** The path of a file or folder under a key. */
    String path(String key, String fallback) {
        String path = text(key, fallback);
        if (!Check.isPathText(path)) {
            report(key, Excerpt.of(path), PATH_EXPECTED);
            return fallback;
        }
        return path;
    }

    /** A path that must be there; its absence is noted as a problem, and a placeholder lets reading go on. */
    String requiredPath(String key, String meaning) {
        String path = requiredText(key, meaning);
        if (!Check.isPathText(path)) {
            report(key, Excerpt.of(path), PATH_EXPECTED);
            return MISSING;
        }
        return path;
    }

    /** A list of texts under a key; a single one may stand without brackets. */
    List<String> texts(String key, List<String> fallback) {
        Node node = value(key);
        if (node == null || isNull(node)) {
            return fallback;
        }
        List<String> texts = new ArrayList<>();
        for (Node item : node instanceof SequenceNode list ? list.getValue() : List.of(node)) {
            if (item instanceof ScalarNode scalar) {
                texts.add(scalar.getValue());
            } else {
                problems.add(item, path(key) + " must be a list of single values, such as [a, b]");
            }
        }
        return texts;
    }

    /** A list of whole numbers under a key. */
    List<Long> wholeNumbers(String key, List<Long> fallback) {
        if (!given(key)) {
            return fallback;
        }
        List<Long> numbers = new ArrayList<>();
        for (String text : texts(key, List.of())) {
            Long number = parseWholeNumber(text);
            if (number == null) {
                report(key, text, WHOLE_NUMBER);
                return fallback;
            }
            numbers.add(number);
        }
        return numbers;
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

    private static @Nullable Long parseWholeNumber(String text) {
        BigDecimal number = parseDecimal(text);
        try {
            return number == null ? null : number.longValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }

    /** Null too for a number of so many digits that calculating with it would take long. */
    private static @Nullable BigDecimal parseDecimal(String text) {
        if (text.length() > LONGEST_NUMBER || !NUMBER.matcher(text).matches()) {
            return null;
        }
        BigDecimal number = new BigDecimal(text.replace("_", ""));
        return Math.abs((long) number.scale()) > LONGEST_NUMBER ? null : number;
    }

    /** The number that a text is, null if it is none. */
    static @Nullable Double parseNumber(String text) {
        return NUMBER.matcher(text).matches() ? Double.valueOf(text.replace("_", "")) : null;
    }

    /** A yes or no under a key. */
    boolean flag(String key, boolean fallback) {
        return choice(key, SWITCHES, fallback, "true or false");
    }

    /** One of several words under a key, in any case. */
    <T> T choice(String key, Words<T> words, T fallback) {
        return choice(key, words, fallback, "one of " + words.list());
    }

    private <T> T choice(String key, Words<T> words, T fallback, String expected) {
        String text = scalar(key);
        if (text == null) {
            return fallback;
        }
        String word = text.strip().toLowerCase(Locale.ROOT);
        T value = words.value(word);
        String note = words.note(word);
        if (note != null) {
            warn(key, text, note);
        }
        if (value == null) {
            report(key, text, expected);
            return fallback;
        }
        return value;
    }

    /** Notes that a key that must be there is not. */
    void reportMissing(String key, String meaning) {
        problems.add(line, path(key) + " is missing; expected " + meaning);
    }

    /** Notes that a key's value is not what was expected. */
    void report(String key, String found, String expected) {
        problems.add(lineOf(key), path(key) + " is " + Problems.quote(found) + "; expected " + expected);
    }

    /** Notes a problem on the line of a key, which is put before it unless it begins with it. */
    void report(String key, String problem) {
        if (problem.startsWith(path(key) + " ")) {
            problems.add(lineOf(key), problem);
        } else {
            problems.add(lineOf(key), path(key) + (problem.startsWith("is ") ? " " : ": ") + problem);
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
