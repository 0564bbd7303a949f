package io.github.txt2lora.workspace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Changes single values in the text of a YAML file and leaves all else, comments among it, as it is. It handles the
 * usual ways of writing; whether a result says what it should, the caller finds out by reading it.
 */
final class YamlText {

    /**
     * The replacement of a range.
     *
     * @param indentation of added lines; where a section and the file end at one place, those of the section come first
     */
    private record Change(int from, int to, int indentation, CharSequence replacement) {}

    private final String text;
    private final String lineBreak;

    /** The start of each code point; null if each is one character. */
    private final int @Nullable [] offsets;

    private final List<Change> changes = new ArrayList<>();
    private final Map<String, StringBuilder> newSections = new LinkedHashMap<>();

    /**
     * Starts without a change.
     *
     * @param text the text that was composed to the nodes that the other methods take
     */
    YamlText(String text) {
        this.text = text;
        int codePoints = text.codePointCount(0, text.length());
        offsets = codePoints == text.length() ? null : offsets(text, codePoints);
        lineBreak = text.contains("\r\n") ? "\r\n" : "\n";
    }

    private static int[] offsets(String text, int codePoints) {
        int[] offsets = new int[codePoints + 1];
        for (int i = 0; i < codePoints; i++) {
            offsets[i + 1] = text.offsetByCodePoints(offsets[i], 1);
        }
        return offsets;
    }

    /** Puts a value under a key, in the place of one that is there, or as a new line at the mapping's end. */
    void set(MappingNode mapping, String key, String value) {
        NodeTuple entry = entry(mapping, key);
        if (entry == null) {
            int indentation =
                    mapping.getValue().get(0).getKeyNode().getStartMark().getColumn();
            String line = " ".repeat(indentation) + key + ": " + value + lineBreak;
            changes.add(new Change(endOfLines(mapping), endOfLines(mapping), indentation, line));
            return;
        }
        Node old = entry.getValueNode();
        int afterColon = text.indexOf(':', offset(entry.getKeyNode().getEndMark())) + 1;
        int from = isBlock(old) ? afterColon : offset(old.getStartMark());
        int to = endOf(old);
        if (from < afterColon) {
            // An alias, whose node stands elsewhere, or nothing at all.
            from = afterColon;
            to = endOfAlias(afterColon);
        }
        String spaceBefore = Character.isWhitespace(text.charAt(from - 1)) ? "" : " ";
        boolean wholeLines = to > from && text.charAt(to - 1) == '\n';
        changes.add(new Change(from, to, 0, spaceBefore + value + (wholeLines ? lineBreak : "")));
    }

    /** Puts a value under a key of a section that is not there yet, at the end of the mapping of sections. */
    void setInNewSection(MappingNode root, String section, String key, String value) {
        newSections
                .computeIfAbsent(section, name -> {
                    StringBuilder lines = new StringBuilder(name + ":" + lineBreak);
                    changes.add(new Change(endOfLines(root), endOfLines(root), 0, lines));
                    return lines;
                })
                .append("  " + key + ": " + value + lineBreak);
    }

    /** Takes away the lines of a key; nothing if it is not there. */
    void remove(MappingNode mapping, String key) {
        NodeTuple entry = entry(mapping, key);
        if (entry != null) {
            int from = startOfLine(offset(entry.getKeyNode().getStartMark()));
            changes.add(new Change(from, endOfLines(entry.getValueNode()), 0, ""));
        }
    }

    /** Adds lines after everything. */
    void append(String lines) {
        changes.add(new Change(text.length(), text.length(), 0, lines.replace("\n", lineBreak)));
    }

    /** The text with all changes. */
    String changed() {
        changes.sort(Comparator.comparingInt(Change::from)
                .thenComparingInt(Change::to)
                .thenComparing(Comparator.comparingInt(Change::indentation).reversed()));
        StringBuilder changed = new StringBuilder();
        int at = 0;
        for (Change change : changes) {
            changed.append(text, at, Math.max(at, change.from()));
            boolean addsLines = change.from() == change.to() && change.from() == text.length();
            if (addsLines && !changed.isEmpty() && changed.charAt(changed.length() - 1) != '\n') {
                changed.append(lineBreak);
            }
            changed.append(change.replacement());
            at = Math.max(at, change.to());
        }
        return changed.append(text, at, text.length()).toString();
    }

    static @Nullable NodeTuple entry(MappingNode mapping, String key) {
        return mapping.getValue().stream()
                .filter(entry -> entry.getKeyNode() instanceof ScalarNode scalar
                        && scalar.getValue().equals(key))
                .findFirst()
                .orElse(null);
    }

    /** The start of the line after the last one of a node. */
    private int endOfLines(Node node) {
        int end = endOf(node);
        if (end > 0 && text.charAt(end - 1) == '\n') {
            return end;
        }
        int lineEnd = text.indexOf('\n', end);
        return lineEnd < 0 ? text.length() : lineEnd + 1;
    }

    /** The end of a node; the mark of one in block style is too late, after the comments that follow. */
    private int endOf(Node node) {
        Node last = node;
        while (isBlock(last) && last instanceof CollectionNode<?> collection) {
            Object child = collection.getValue().get(collection.getValue().size() - 1);
            last = child instanceof NodeTuple entry ? entry.getValueNode() : (Node) child;
        }
        return offset(last.getEndMark());
    }

    private static boolean isBlock(Node node) {
        return node instanceof CollectionNode<?> collection
                && collection.getFlowStyle() == FlowStyle.BLOCK
                && !collection.getValue().isEmpty();
    }

    private int startOfLine(int offset) {
        return text.lastIndexOf('\n', offset - 1) + 1;
    }

    /** The end of an alias or of nothing, which begins after a key's colon. */
    private int endOfAlias(int from) {
        int at = from;
        while (at < text.length() && " \t".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == text.length() || text.charAt(at) != '*') {
            return from;
        }
        while (at < text.length() && " \t\r\n,]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /** Marks count code points. */
    private int offset(Mark mark) {
        int codePoint = Objects.requireNonNull(mark).getIndex();
        return offsets == null ? codePoint : offsets[codePoint];
    }
}
