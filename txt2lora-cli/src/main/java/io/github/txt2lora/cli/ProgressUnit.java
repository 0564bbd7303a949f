package io.github.txt2lora.cli;

/**
 * The presentation of a number.
 *
 * @param name the text behind a number, with the space before; may be empty
 * @param size by how much it is divided
 */
record ProgressUnit(String name, long size) {

    static final ProgressUnit ONE = new ProgressUnit("", 1);
    static final ProgressUnit MEGABYTE = new ProgressUnit(" MB", 1_000_000);
}
