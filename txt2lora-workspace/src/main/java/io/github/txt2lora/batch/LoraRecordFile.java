package io.github.txt2lora.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads and writes {@link LoraRecord}s as JSON. */
final class LoraRecordFile {

    /** A record of a million iterations has about 20 MB; the parsed record takes many times as much. */
    private static final long MOST_BYTES = 32L << 20;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private static final ObjectReader READER = MAPPER.readerFor(LoraRecord.class);
    private static final ObjectWriter WRITER = MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT);

    private static final String ANCESTRY = "ancestry";

    private static final String EMBEDDINGS = "embeddings";

    private static final String RECOGNITIONS = "recognitions";

    /** Begins the same names in the metadata of a LoRA's file. */
    private static final String METADATA = "txt2lora.";

    private LoraRecordFile() {}

    /** Writes a record; invisible characters are escaped, and JSON's escapes are Java's. */
    static void write(Path file, LoraRecord record) {
        try {
            AtomicFile.write(file, Excerpt.lines(WRITER.writeValueAsString(record)) + "\n");
        } catch (JsonProcessingException e) {
            throw new StorageException("The record " + file + " cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    /**
     * The record of a file; empty if there is none, or nothing can be made of it, of which a warning tells.
     *
     * @throws StorageException if the file is there and cannot be read, or is a link or no file
     */
    static Optional<LoraRecord> read(Path file, Consumer<String> warnings) {
        RegularFile.requireReplaceable(file);
        if (!RegularFile.isAt(file)) {
            return Optional.empty();
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has " + Files.size(file) + " bytes, expected at most " + MOST_BYTES);
            }
            LoraRecord record = READER.readValue(completed(MAPPER.readTree(Files.readAllBytes(file))));
            if (record != null && record.format() == LoraRecord.FORMAT) {
                return Optional.of(record);
            }
            warnings.accept("The record " + file + " is of another version, so the LoRA counts as unknown");
        } catch (JsonProcessingException e) {
            warnings.accept("The record " + file + " is damaged (" + Excerpt.of(e.getOriginalMessage())
                    + "), so the LoRA counts as unknown");
        } catch (IOException e) {
            throw new StorageException("Cannot read the record " + file + ": " + e, e);
        }
        return Optional.empty();
    }

    /** Records of earlier versions have no lists, and those of one model do not say so. */
    private static JsonNode completed(JsonNode record) {
        if (record.path("training") instanceof ObjectNode training) {
            Stream.of(ANCESTRY, EMBEDDINGS, "alsoOn")
                    .filter(list -> !training.has(list))
                    .forEach(training::putArray);
            if (training.path("quality") instanceof ObjectNode quality && !quality.has(RECOGNITIONS)) {
                quality.putArray(RECOGNITIONS);
            }
        }
        return record;
    }

    /** The ancestry that a LoRA's metadata tell; empty if they tell none. */
    static List<LoraRecord.Ancestor> ancestry(Map<String, String> metadata) {
        return list(metadata, ANCESTRY, LoraRecord.Ancestor[].class);
    }

    /** The embeddings that a LoRA's metadata tell; empty if they tell none. */
    static List<LoraRecord.Embedding> embeddings(Map<String, String> metadata) {
        return list(metadata, EMBEDDINGS, LoraRecord.Embedding[].class);
    }

    private static <T> List<T> list(Map<String, String> metadata, String key, Class<T[]> type) {
        try {
            return List.of(MAPPER.readValue(metadata.getOrDefault(METADATA + key, "[]"), type));
        } catch (JsonProcessingException e) {
            return List.of(); // of another engine
        }
    }

    /** Values in YAML, which nearly all are JSON too, as what they mean. */
    static Map<String, Object> values(Map<String, String> texts) {
        Map<String, Object> values = new LinkedHashMap<>();
        texts.forEach((key, text) -> values.put(key, value(text)));
        return values;
    }

    private static Object value(String text) {
        try {
            return Optional.ofNullable(MAPPER.readValue(text, Object.class)).orElse(text);
        } catch (JsonProcessingException e) {
            return text; // a word without quotes
        }
    }
}
