package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.internal.Excerpt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file: {@code {"__metadata__": {string: string}, "name": {"dtype": "F16", "shape":
 * [2, 3], "data_offsets": [0, 12]}}}, offsets counted from the end of the header.
 *
 * @param metadata the strings of {@code __metadata__}, in the order of the file
 * @param tensors the tensors in the order of their data
 */
record SafetensorsHeader(Map<String, String> metadata, List<Slot> tensors) {
    static final String METADATA_KEY = "__metadata__";

    /** {@code {"name": {"shape": [1]}}} is three deep; nothing in a header is deeper. */
    private static final int MAX_NESTING = 3;

    /**
     * The largest checkpoints have some thousand tensors, the largest LoRAs some ten thousand; each needs objects many
     * times the size of its text.
     */
    private static final int MAX_TENSORS = 100_000;

    /** Real tensors have the three that are read; others are skipped. */
    private static final int MAX_FIELDS = 100;

    /** Real files have some hundred entries: kohya's scripts write about 80. */
    private static final int MAX_METADATA_ENTRIES = 10_000;

    /** In characters. Captions of many images ({@code ss_tag_frequency}) and a cover image take several million. */
    private static final int MAX_METADATA_LENGTH = 32 << 20;

    /** Names of real tensors have up to 120 characters. */
    private static final int MAX_NAME_LENGTH = 4096;

    /** Of all tensors together: room for the most that there may be, and for longer ones than usual. */
    private static final int MAX_NAMES_LENGTH = 16 << 20;

    /** PyTorch allows 64 axes. */
    private static final int MAX_AXES = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Each name is read once, so that keeping it in a table would only take time.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(MAX_METADATA_LENGTH)
                    .build())
            .build();

    /** One tensor and the place of its bytes, from {@code begin} (included) to {@code end}, after the header. */
    record Slot(String name, ElementType type, List<Long> shape, long begin, long end) {}

    /**
     * Reads and checks a header.
     *
     * @param dataBytes the number of bytes that follow the header; the tensors must fill them without a gap
     * @throws CheckpointException when anything is not as the format demands
     */
    static SafetensorsHeader parse(Path file, byte[] header, long dataBytes) {
        try (JsonParser parser = JSON.createParser(
                new InputStreamReader(new ByteArrayInputStream(header), StandardCharsets.UTF_8.newDecoder()))) {
            SafetensorsHeader parsed = new Reader(file, parser).read();
            checkLayout(file, parsed.tensors, dataBytes);
            return parsed;
        } catch (CharacterCodingException e) {
            throw new CheckpointException("%s: the header is not valid UTF-8; expected JSON text".formatted(file), e);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    "%s: the header is not the JSON of a safetensors file: %s".formatted(file, JsonFile.problem(e)), e);
        } catch (IOException e) {
            throw new CheckpointException("%s: the header cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static void checkLayout(Path file, List<Slot> tensors, long dataBytes) {
        long next = 0;
        for (Slot slot : tensors) {
            if (slot.begin != next) {
                throw new CheckpointException(
                        "%s: tensor '%s' begins at data byte %d; expected %d, where the tensor before it ends"
                                .formatted(file, slot.name, slot.begin, next));
            }
            next = slot.end;
        }
        if (next > dataBytes) {
            throw new CheckpointException(
                    ("%s: the tensors need %d bytes after the header, but the file holds only %d; it is incomplete,"
                                    + " download it again")
                            .formatted(file, next, dataBytes));
        }
        if (next < dataBytes) {
            throw new CheckpointException("%s: the tensors end at data byte %d, but the file continues to %d"
                    .formatted(file, next, dataBytes));
        }
    }

    /** One pass over the JSON tokens. */
    private record Reader(Path file, JsonParser parser) {
        SafetensorsHeader read() throws IOException {
            expect(JsonToken.START_OBJECT, parser.nextToken(), "header");
            Map<String, String> metadata = Map.of();
            List<Slot> tensors = new ArrayList<>();
            long namesLength = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                if (key.equals(METADATA_KEY)) {
                    metadata = readMetadata();
                    continue;
                }
                requireAtMost(key, tensors.size() + 1L, MAX_TENSORS, "tensors");
                namesLength += key.length();
                requireAtMost(key, namesLength, MAX_NAMES_LENGTH, "characters of tensors' names");
                tensors.add(readSlot(key));
            }
            if (parser.nextToken() != null) {
                throw failure("header", "text after the closing brace; expected only spaces");
            }
            tensors.sort(Comparator.comparingLong(Slot::begin).thenComparingLong(Slot::end));
            return new SafetensorsHeader(Collections.unmodifiableMap(metadata), List.copyOf(tensors));
        }

        private Map<String, String> readMetadata() throws IOException {
            expect(JsonToken.START_OBJECT, parser.nextToken(), METADATA_KEY);
            Map<String, String> metadata = new LinkedHashMap<>();
            long length = 0;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                requireAtMost(METADATA_KEY, metadata.size() + 1L, MAX_METADATA_ENTRIES, "entries");
                expect(JsonToken.VALUE_STRING, parser.nextToken(), METADATA_KEY + "." + key);
                String value = parser.getText();
                length += key.length() + value.length();
                requireAtMost(METADATA_KEY, length, MAX_METADATA_LENGTH, "characters");
                metadata.put(key, value);
            }
            return metadata;
        }

        private void requireAtMost(String key, long found, int most, String what) {
            if (found > most) {
                throw failure(key, "more than %d %s; no model has that many".formatted(most, what));
            }
        }

        private Slot readSlot(String name) throws IOException {
            expect(JsonToken.START_OBJECT, parser.nextToken(), name);
            ElementType type = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            for (int fields = 1; parser.nextToken() == JsonToken.FIELD_NAME; fields++) {
                String field = parser.currentName();
                requireAtMost(name, fields, MAX_FIELDS, "fields");
                JsonToken value = parser.nextToken();
                switch (field) {
                    case "dtype" -> type = readType(name, value);
                    case "shape" -> shape = readNumbers(name + ".shape", value);
                    case "data_offsets" -> offsets = readNumbers(name + ".data_offsets", value);
                    default -> parser.skipChildren();
                }
            }
            if (type == null || shape == null || offsets == null) {
                throw failure(name, "no " + (type == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
            }
            return checked(name, type, shape, offsets);
        }

        private Slot checked(String name, ElementType type, List<Long> shape, List<Long> offsets) {
            if (offsets.size() != 2 || offsets.get(1) < offsets.get(0)) {
                throw failure(name, "data_offsets %s; expected [begin, end]".formatted(offsets));
            }
            long held = offsets.get(1) - offsets.get(0);
            long needed = type.bytes();
            try {
                for (long size : shape) {
                    needed = Math.multiplyExact(needed, size);
                }
            } catch (ArithmeticException e) {
                throw failure(name, "shape %s is too large".formatted(shape));
            }
            if (needed != held) {
                throw failure(
                        name,
                        "data_offsets %s hold %d bytes; expected %d for %s%s"
                                .formatted(offsets, held, needed, type, shape));
            }
            return new Slot(name, type, shape, offsets.get(0), offsets.get(1));
        }

        private ElementType readType(String name, JsonToken value) throws IOException {
            expect(JsonToken.VALUE_STRING, value, name + ".dtype");
            String text = parser.getText();
            return ElementType.named(text)
                    .orElseThrow(() -> failure(
                            name,
                            "unknown dtype '%s'; expected one of %s"
                                    .formatted(Excerpt.of(text), List.of(ElementType.values()))));
        }

        private List<Long> readNumbers(String key, JsonToken start) throws IOException {
            expect(JsonToken.START_ARRAY, start, key);
            List<Long> numbers = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(JsonToken.VALUE_NUMBER_INT, parser.currentToken(), key);
                long number = parser.getLongValue();
                if (number < 0 || numbers.size() == MAX_AXES) {
                    throw failure(
                            key, number < 0 ? "negative number " + number : "more than %d numbers".formatted(MAX_AXES));
                }
                numbers.add(number);
            }
            return List.copyOf(numbers);
        }

        private void expect(JsonToken expected, @Nullable JsonToken found, String key) {
            if (found != expected) {
                throw failure(key, "found %s; expected %s".formatted(words(found), words(expected)));
            }
        }

        private static String words(@Nullable JsonToken token) {
            if (token == null) {
                return "the end";
            }
            return switch (token) {
                case START_OBJECT -> "an object {...}";
                case START_ARRAY -> "a list [...]";
                case VALUE_STRING -> "text in quotes";
                case VALUE_NUMBER_INT -> "a whole number";
                case VALUE_NUMBER_FLOAT -> "a number with decimals";
                case VALUE_TRUE, VALUE_FALSE -> "true or false";
                case VALUE_NULL -> "null";
                default -> "the end of an object or list";
            };
        }

        private CheckpointException failure(String key, String problem) {
            return new CheckpointException("%s: header entry '%s': %s".formatted(file, Excerpt.of(key), problem));
        }
    }
}
