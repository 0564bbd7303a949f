package io.github.txt2lora.workspace;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * A value with a name and named arguments, such as an optimizer.
 *
 * @param name as it is written
 * @param type of the value
 * @param defaults the value without arguments
 * @param copy gives a value again, with those of its arguments that are read
 */
record NamedForm<T>(String name, Class<T> type, T defaults, BiFunction<Arguments, T, T> copy) {

    /** The form of a value. */
    static <V> NamedForm<? extends V> of(V value, List<NamedForm<? extends V>> forms) {
        return forms.stream()
                .filter(form -> form.type.isInstance(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown kind of value: " + value));
    }

    /** The value that arguments describe. */
    T read(Arguments arguments) {
        return copy.apply(arguments, defaults);
    }

    /** Those arguments of a value that differ from the defaults; empty if none does. */
    String arguments(Object value) {
        Map<String, String> usual = texts(defaults);
        return texts(type.cast(value)).entrySet().stream()
                .filter(argument -> !argument.getValue().equals(usual.get(argument.getKey())))
                .map(Map.Entry::toString)
                .collect(Collectors.joining(" "));
    }

    private Map<String, String> texts(T value) {
        var texts = new ArgumentsText();
        T unused = copy.apply(texts, value);
        return texts.texts();
    }
}
