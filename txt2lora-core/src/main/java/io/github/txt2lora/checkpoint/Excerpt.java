package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** Text from a file as it may stand in an error message: short and on one line, however hostile the file. */
final class Excerpt {
    private static final int MAX_LENGTH = 200;

    private Excerpt() {}

    /** What a JSON parser found wrong and, where it says so, in which place. */
    static String of(JsonProcessingException failure) {
        JsonLocation place = failure.getLocation();
        String where = place == null ? "" : " (line %d, column %d)".formatted(place.getLineNr(), place.getColumnNr());
        return of(failure.getOriginalMessage()) + where;
    }

    static String of(String text) {
        String start = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
