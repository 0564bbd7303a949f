package io.github.txt2lora.workspace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words that stand for values in a file of settings. Several may stand for one value; it is written as the first.
 *
 * @param values by their words, in lower case, in the order in which messages list them
 */
record Words<T>(Map<String, T> values) {

    Words {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The first word. */
    static <T> Words<T> of(String word, T value) {
        return new Words<>(Map.of(word, value));
    }

    /** One word more. */
    Words<T> and(String word, T value) {
        Map<String, T> more = new LinkedHashMap<>(values);
        more.put(word, value);
        return new Words<>(more);
    }

    /** The value of a word in lower case, null if it is not among them. */
    @Nullable
    T value(String word) {
        return values.get(word);
    }

    /** The first word for a value, which must have one. */
    String word(T value) {
        return values.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** All words, for messages. */
    String list() {
        return String.join(", ", values.keySet());
    }
}
