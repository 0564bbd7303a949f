package io.github.txt2lora.internal;

/** Counts of things, in words. */
public final class Count {

    private Count() {}

    /** For example {@code 1 iteration} and {@code 2 iterations}; for nouns whose plural ends in -s. */
    public static String of(long number, String noun) {
        return number + " " + (number == 1 ? noun : noun + "s");
    }
}
