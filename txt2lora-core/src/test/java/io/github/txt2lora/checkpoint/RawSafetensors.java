package io.github.txt2lora.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds safetensors files, sound and broken ones, from the text of a header. */
final class RawSafetensors {
    private RawSafetensors() {}

    static byte[] bytes(String header, int dataBytes) {
        return bytes(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    static byte[] bytes(byte[] header, int dataBytes) {
        ByteBuffer file =
                ByteBuffer.allocate(Long.BYTES + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        for (byte i = 0; file.hasRemaining(); i++) {
            file.put(i);
        }
        return file.array();
    }

    static Path write(Path folder, byte[] content) {
        try {
            return Files.write(folder.resolve("model.safetensors"), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
