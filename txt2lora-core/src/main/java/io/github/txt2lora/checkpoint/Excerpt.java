package io.github.txt2lora.checkpoint;

/** Text from a file as it may stand in an error message: short and on one line, however hostile the file. */
final class Excerpt {
    private static final int MAX_LENGTH = 200;

    private Excerpt() {}

    static String of(String text) {
        String start = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
