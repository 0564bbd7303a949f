package io.github.txt2lora.workspace;

import java.util.OptionalDouble;

/** Arguments by their names, read from a text or written into one; each read value replaces the current one. */
interface Arguments {

    double number(String name, double value);

    OptionalDouble numberIfGiven(String name, OptionalDouble value);

    int integer(String name, int value);

    /** Two numbers in parentheses. */
    double[] pair(String name, double first, double second);

    boolean flag(String name, boolean value);

    /** An argument that may be given, but only as this value, since nothing else is implemented. */
    void only(String name, boolean value);
}
