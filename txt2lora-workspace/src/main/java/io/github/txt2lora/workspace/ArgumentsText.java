package io.github.txt2lora.workspace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Takes down what {@link NamedArguments} reads. */
final class ArgumentsText implements Arguments {

    private final Map<String, String> texts = new LinkedHashMap<>();

    @Override
    public double number(String name, double value) {
        texts.put(name, ScalarText.number(value));
        return value;
    }

    @Override
    public OptionalDouble numberIfGiven(String name, OptionalDouble value) {
        value.ifPresent(number -> number(name, number));
        return value;
    }

    @Override
    public int integer(String name, int value) {
        number(name, value);
        return value;
    }

    @Override
    public double[] pair(String name, double first, double second) {
        texts.put(name, "(" + ScalarText.number(first) + "," + ScalarText.number(second) + ")");
        return new double[] {first, second};
    }

    @Override
    public boolean flag(String name, boolean value) {
        texts.put(name, value ? "True" : "False");
        return value;
    }

    @Override
    public void only(String name, boolean value) {
        // It is so always.
    }

    /** The texts by name. */
    Map<String, String> texts() {
        return texts;
    }
}
