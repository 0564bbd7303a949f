package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes safetensors files. The same metadata and entries give the same bytes: the header lists {@code __metadata__}
 * first, its keys sorted, then the tensors in the order given, which is also the order of the data; spaces fill the
 * header up to a multiple of 8 bytes, so that the data is aligned.
 */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;

    private static final JsonFactory JSON = new JsonFactory();

    private SafetensorsWriter() {}

    /**
     * Writes a file. It appears under its name only when it is whole and on the disk: it is written beside the target
     * first, and that temporary file is gone afterwards, whatever happens. An existing target is replaced.
     *
     * @throws StorageException when the folder or disk does not take the file
     */
    public static void write(Path target, Map<String, String> metadata, List<SafetensorsEntry> entries) {
        byte[] head = head(metadata, entries);
        long size = entries.stream().mapToLong(SafetensorsEntry::byteSize).reduce(head.length, Math::addExact);
        AtomicFile.write(target, size, channel -> {
            channel.write(ByteBuffer.wrap(head));
            for (SafetensorsEntry entry : entries) {
                channel.write(entry.checkedBytes());
            }
        });
    }

    /** Everything that stands before the data: the length field and the padded header. */
    static byte[] head(Map<String, String> metadata, List<SafetensorsEntry> entries) {
        byte[] json = json(metadata, entries);
        int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(json);
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        return head.array();
    }

    private static byte[] json(Map<String, String> metadata, List<SafetensorsEntry> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Set<String> names = new HashSet<>();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsHeader.METADATA_KEY);
                for (Map.Entry<String, String> pair : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(wellFormed(pair.getKey()), wellFormed(pair.getValue()));
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (SafetensorsEntry entry : entries) {
                if (!names.add(entry.name())) {
                    throw new IllegalArgumentException("two tensors are named '%s'".formatted(entry.name()));
                }
                json.writeObjectFieldStart(entry.name());
                json.writeStringField("dtype", entry.type().name());
                writeNumbers(json, "shape", entry.shape());
                long end = Math.addExact(offset, entry.byteSize());
                writeNumbers(json, "data_offsets", List.of(offset, end));
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Half a surrogate pair, which a user's text may contain, cannot be written as UTF-8: it becomes a '?'. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static void writeNumbers(JsonGenerator json, String field, List<Long> numbers) throws IOException {
        json.writeArrayFieldStart(field);
        for (long number : numbers) {
            json.writeNumber(number);
        }
        json.writeEndArray();
    }
}
