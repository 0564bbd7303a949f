package io.github.txt2lora.workspace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The words that stand for values in a file of settings. Several may stand for one value; it is written as the first.
 *
 * @param values by their words, in lower case, in the order in which messages list them
 * @param others words of other programs, which are understood but not listed
 * @param notes notes for the user about some of the others
 */
record Words<T>(Map<String, T> values, Map<String, T> others, Map<String, String> notes) {

    Words {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        others = Map.copyOf(others);
        notes = Map.copyOf(notes);
    }

    /** The first word. */
    static <T> Words<T> of(String word, T value) {
        return new Words<>(Map.of(word, value), Map.of(), Map.of());
    }

    /** The names of values, in lower case. */
    static <T> Words<T> byName(List<T> values, Function<T, String> name) {
        Map<String, T> words = new LinkedHashMap<>();
        values.forEach(value -> words.put(name.apply(value).toLowerCase(Locale.ROOT), value));
        return new Words<>(words, Map.of(), Map.of());
    }

    /** A name in Java as settings write it: {@code ReusedRollout} is {@code reused_rollout}. */
    static String snakeCase(String name) {
        return name.replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** One word more. */
    Words<T> and(String word, T value) {
        return new Words<>(with(values, word, value), others, notes);
    }

    /** A word by which other programs call the very same. */
    Words<T> alias(String word, T value) {
        return new Words<>(values, with(others, word, value), notes);
    }

    /**
     * A word of other programs for the nearest value.
     *
     * @param note note for the user about the difference
     */
    Words<T> alias(String word, T value, String note) {
        return new Words<>(values, with(others, word, value), with(notes, word, note));
    }

    private static <V> Map<String, V> with(Map<String, V> map, String word, V value) {
        Map<String, V> more = new LinkedHashMap<>(map);
        more.put(word, value);
        return more;
    }

    /** A note for the user about a word in lower case; null for none. */
    @Nullable
    String note(String word) {
        return notes.get(word);
    }

    /** The value of a word in lower case, null if it is not among them. */
    @Nullable
    T value(String word) {
        T value = values.get(word);
        return value == null ? others.get(word) : value;
    }

    /** The first word for a value, which must have one. */
    String word(T value) {
        return values.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** All words, for the documentation. */
    String documented() {
        return "`" + String.join("`, `", values.keySet()) + "`";
    }

    /** All words, for messages. */
    String list() {
        return String.join(", ", values.keySet());
    }
}
