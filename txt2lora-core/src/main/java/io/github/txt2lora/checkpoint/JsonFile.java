package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Excerpt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads the small JSON files of a diffusers folder. */
final class JsonFile {
    /** An index of the largest checkpoints has some hundred kilobytes; the tree takes many times the text. */
    private static final long MAX_BYTES = 4L << 20;

    /** Jackson tells which of its options a limit comes from, which nobody but us can set. */
    private static final Pattern FROM_OPTION = Pattern.compile(", from `[^`]*`");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonFile() {}

    /** The content of a file; a missing node when there is no such file. */
    static JsonNode readIfPresent(Path file) {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            long bytes = Files.size(file);
            if (bytes > MAX_BYTES) {
                throw new CheckpointException("%s has %d bytes; expected at most %d".formatted(file, bytes, MAX_BYTES));
            }
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new CheckpointException("%s is not valid JSON: %s".formatted(file, problem(e)), e);
        } catch (IOException e) {
            throw new StorageException("%s cannot be read: %s".formatted(file, e), e);
        }
    }

    /** The problem that a JSON parser reports, with its position where the parser gives one. */
    static String problem(JsonProcessingException failure) {
        JsonLocation place = failure.getLocation();
        String where = place == null ? "" : " (line %d, column %d)".formatted(place.getLineNr(), place.getColumnNr());
        String problem = FROM_OPTION.matcher(failure.getOriginalMessage()).replaceAll("");
        return Excerpt.of(problem) + where;
    }
}
