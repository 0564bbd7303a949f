package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsHashesTest {
    private static final Map<String, String> TRAINING = Map.of("ss_output_name", "krnkmd");
    private static final Map<String, String> ALL =
            Map.of("ss_output_name", "krnkmd", "modelspec.title", "a title of some length");

    @TempDir
    Path folder;

    @Test
    void hashes_are_those_of_the_file_with_the_training_metadata_only() throws Exception {
        List<SafetensorsEntry> entries =
                List.of(random("a", 0x80000), random("b", 0x40000), random("c", 0x48000), random("d", 0x9000));
        byte[] file = written(TRAINING, entries);
        SafetensorsHashes hashes = SafetensorsHashes.of(ALL, entries);
        assertThat(hashes.model()).isEqualTo(sha256(Arrays.copyOfRange(file, dataStart(file), file.length)));
        assertThat(hashes.legacy())
                .isEqualTo(sha256(Arrays.copyOfRange(file, 0x100000, 0x110000)).substring(0, 8));
        assertThat(SafetensorsHashes.sha256OfTensorData(entries)).isEqualTo(hashes.model());
    }

    @Test
    void the_legacy_hash_takes_what_a_file_has_of_its_range() throws Exception {
        List<SafetensorsEntry> entries = List.of(random("a", 0x100100));
        byte[] file = written(TRAINING, entries);
        assertThat(SafetensorsHashes.of(TRAINING, entries).legacy())
                .isEqualTo(
                        sha256(Arrays.copyOfRange(file, 0x100000, file.length)).substring(0, 8));
    }

    @Test
    void the_legacy_hash_of_a_small_file_is_that_of_nothing() {
        assertThat(SafetensorsHashes.of(TRAINING, List.of(random("a", 10))).legacy())
                .isEqualTo("e3b0c442");
    }

    private static SafetensorsEntry random(String name, int bytes) {
        byte[] data = new byte[bytes];
        new Random(bytes).nextBytes(data);
        return new SafetensorsEntry(name, ElementType.U8, List.of((long) bytes), () -> ByteBuffer.wrap(data));
    }

    private byte[] written(Map<String, String> metadata, List<SafetensorsEntry> entries) throws Exception {
        Path file = folder.resolve("hashed.safetensors");
        SafetensorsWriter.write(file, metadata, entries);
        return Files.readAllBytes(file);
    }

    private static int dataStart(byte[] file) {
        return 8 + (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
