package io.github.txt2lora.workspace;

import java.util.OptionalDouble;
import java.util.StringJoiner;

/** Writes what {@link NamedArguments} reads, leaving out what has its default. */
final class ArgumentsText {

    private final StringJoiner text = new StringJoiner(" ");

    ArgumentsText number(String name, double value, double fallback) {
        return Double.compare(value, fallback) == 0 ? this : add(name, ScalarText.number(value));
    }

    ArgumentsText numberIfGiven(String name, OptionalDouble value) {
        return value.isPresent() ? add(name, ScalarText.number(value.getAsDouble())) : this;
    }

    ArgumentsText pair(String name, double first, double second, double firstFallback, double secondFallback) {
        if (Double.compare(first, firstFallback) == 0 && Double.compare(second, secondFallback) == 0) {
            return this;
        }
        return add(name, "(" + ScalarText.number(first) + "," + ScalarText.number(second) + ")");
    }

    ArgumentsText flag(String name, boolean value, boolean fallback) {
        return value == fallback ? this : add(name, value ? "True" : "False");
    }

    private ArgumentsText add(String name, String value) {
        text.add(name + "=" + value);
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
