package io.github.txt2lora.leco.state;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The metadata of a state file, read with care: whatever stands there, a value of the right kind comes out or a
 * {@link CheckpointException}.
 *
 * @param path the file, for messages
 * @param metadata metadata of its header
 */
record StateFields(Path path, Map<String, String> metadata) {

    /** Whether there are fields whose names begin so. */
    boolean has(String prefix) {
        return metadata.keySet().stream().anyMatch(key -> key.startsWith(prefix));
    }

    /** A whole number, 0 or more. */
    int count(String key) {
        int count = parsed(key, Integer::parseInt, "a whole number, 0 or more");
        if (count < 0) {
            throw unexpected(key, "a whole number, 0 or more");
        }
        return count;
    }

    /** A finite number greater than 0. */
    double positive(String key) {
        double number = parsed(key, Double::parseDouble, "a number greater than 0");
        if (!(number > 0) || Double.isInfinite(number)) {
            throw unexpected(key, "a number greater than 0");
        }
        return number;
    }

    <T> T parsed(String key, Function<String, T> parser, String expected) {
        String value = metadata.get(key);
        if (value == null) {
            throw unexpected(key, expected);
        }
        try {
            return parser.apply(value);
        } catch (NumberFormatException | DateTimeException e) {
            throw unexpected(key, expected);
        }
    }

    /** The values of prefix0, prefix1, and so on, as far as they go. */
    List<String> numbered(String prefix) {
        List<String> values = new ArrayList<>();
        for (String value = metadata.get(prefix + 0); value != null; value = metadata.get(prefix + values.size())) {
            values.add(value);
        }
        return values;
    }

    /** The fields whose names begin so, by the rest of their names. */
    SortedMap<String, String> beginningWith(String prefix) {
        SortedMap<String, String> found = new TreeMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private CheckpointException unexpected(String key, String expected) {
        String value = metadata.get(key);
        return new CheckpointException(path + " has "
                + (value == null ? "no metadata " + key : "the metadata " + key + " = " + Excerpt.of(value))
                + "; expected " + expected);
    }
}
