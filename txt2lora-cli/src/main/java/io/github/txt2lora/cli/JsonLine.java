package io.github.txt2lora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object on a line of its own, for {@code --json}; its first field is {@code "event"}. */
final class JsonLine {

    private final ObjectNode node = JsonNodeFactory.instance.objectNode();

    private JsonLine() {}

    /** A line that tells of an event. */
    static JsonLine of(String event) {
        return new JsonLine().put("event", event);
    }

    /** The only kind of line that ends a successful command. */
    static JsonLine result() {
        return of("result");
    }

    /** An object to put into others. */
    static JsonLine part() {
        return new JsonLine();
    }

    JsonLine put(String name, @Nullable String value) {
        node.put(name, value);
        return this;
    }

    JsonLine put(String name, Path value) {
        node.put(name, value.toString());
        return this;
    }

    JsonLine put(String name, long value) {
        node.put(name, value);
        return this;
    }

    /** JSON has no infinities and no NaN: null stands for them. */
    JsonLine put(String name, double value) {
        node.put(name, Double.isFinite(value) ? (Double) value : null);
        return this;
    }

    JsonLine put(String name, boolean value) {
        node.put(name, value);
        return this;
    }

    JsonLine put(String name, Optional<?> value) {
        return put(name, value.map(Object::toString).orElse(null));
    }

    /** An array of texts. */
    JsonLine put(String name, Collection<?> values) {
        ArrayNode array = node.putArray(name);
        values.forEach(value -> array.add(value.toString()));
        return this;
    }

    /** An array of objects. */
    JsonLine putParts(String name, Collection<JsonLine> parts) {
        ArrayNode array = node.putArray(name);
        parts.forEach(part -> array.add(part.node));
        return this;
    }

    /** An object of texts. */
    JsonLine put(String name, Map<String, String> values) {
        ObjectNode object = node.putObject(name);
        values.forEach(object::put);
        return this;
    }

    /** JSON with invisible characters of strings escaped, as JSON allows everywhere in them. */
    @Override
    public String toString() {
        return Excerpt.lines(node.toString());
    }
}
