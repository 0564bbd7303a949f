package io.github.txt2lora.workspace;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import com.fasterxml.jackson.dataformat.toml.TomlReadFeature;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.workspace.TomlPlaces.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads TOML as the tree of nodes that {@link SettingsYaml} reads YAML as, so that one reader of settings serves both. */
final class SettingsToml {

    static final String EXTENSION = ".toml";

    /** As for YAML. */
    private static final int DEEPEST_NESTING = 20;

    /** The message whose place the parser gives as that after the value. */
    private static final String DUPLICATE = "Duplicate key";

    /** The parser quotes numbers of any length. */
    private static final int LONGEST_MESSAGE = 200;

    private final TomlPlaces places;

    private SettingsToml(TomlPlaces places) {
        this.places = places;
    }

    /** Whether a file is TOML, by its extension. */
    static boolean isToml(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(EXTENSION);
    }

    /**
     * The whole of a text. Scalars have the tags of their types, those of dates and times {@link Tag#TIMESTAMP}.
     *
     * @param file the text's file, for messages
     * @throws InvalidSettingException if it is not valid TOML, or nested too deep
     */
    static MappingNode compose(Path file, String text) {
        String lines = text.replace("\r\n", "\n");
        TomlPlaces places = TomlPlaces.of(lines);
        JsonNode root;
        try {
            root = new TomlMapper(TomlFactory.builder()
                            .enable(TomlReadFeature.PARSE_JAVA_TIME)
                            .build())
                    .readTree(lines);
        } catch (JsonProcessingException e) {
            String message = String.valueOf(e.getOriginalMessage());
            Optional<Place> place = message.equals(DUPLICATE) ? places.duplicate() : Optional.empty();
            throw new InvalidSettingException(file
                    + place.or(() -> place(e))
                            .map(found -> ", line " + found.line() + ", column " + found.column())
                            .orElse("")
                    + ": not valid TOML: " + inShort(message));
        } catch (RuntimeException e) {
            // the parser does not foresee every malformed number and date
            throw new InvalidSettingException(file + ": not valid TOML: " + inShort(e.getMessage()), e);
        }
        requireShallow(file, root, 0);
        return new SettingsToml(places).mapping(root, List.of());
    }

    private static Optional<Place> place(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        return location == null || location.getLineNr() < 1
                ? Optional.empty()
                : Optional.of(new Place(location.getLineNr(), location.getColumnNr()));
    }

    private static String inShort(@Nullable String message) {
        String line = String.valueOf(message).lines().findFirst().orElse("");
        return Excerpt.of(line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…");
    }

    private static void requireShallow(Path file, JsonNode node, int depth) {
        if (depth > DEEPEST_NESTING) {
            throw new InvalidSettingException(
                    file + ": tables and lists are nested too deep; expected at most " + DEEPEST_NESTING + " levels");
        }
        for (JsonNode child : node) {
            requireShallow(file, child, depth + 1);
        }
    }

    private MappingNode mapping(JsonNode node, List<Object> path) {
        List<NodeTuple> entries = new ArrayList<>();
        node.properties().forEach(entry -> {
            List<Object> inner = added(path, entry.getKey());
            Mark mark = mark(inner);
            var key = new ScalarNode(Tag.STR, entry.getKey(), mark, mark, ScalarStyle.PLAIN);
            entries.add(new NodeTuple(key, node(entry.getValue(), inner)));
        });
        Mark mark = mark(path);
        return new MappingNode(Tag.MAP, true, entries, mark, mark, FlowStyle.BLOCK);
    }

    private Node node(JsonNode node, List<Object> path) {
        if (node.isObject()) {
            return mapping(node, path);
        }
        Mark mark = mark(path);
        if (node.isArray()) {
            List<Node> elements = new ArrayList<>();
            for (JsonNode element : node) {
                elements.add(node(element, added(path, elements.size())));
            }
            return new SequenceNode(Tag.SEQ, true, elements, mark, mark, FlowStyle.FLOW);
        }
        return new ScalarNode(tag(node), node.asText(), mark, mark, ScalarStyle.PLAIN);
    }

    private static Tag tag(JsonNode node) {
        if (node.isTextual()) {
            return Tag.STR;
        } else if (node.isBoolean()) {
            return Tag.BOOL;
        } else if (node.isIntegralNumber()) {
            return Tag.INT;
        }
        return node.isNumber() ? Tag.FLOAT : Tag.TIMESTAMP;
    }

    private Mark mark(List<Object> path) {
        Place place = places.at(path);
        return new Mark("toml", 0, place.line() - 1, place.column() - 1, new int[0], 0);
    }

    private static List<Object> added(List<Object> path, Object last) {
        return Stream.concat(path.stream(), Stream.of(last)).toList();
    }
}
