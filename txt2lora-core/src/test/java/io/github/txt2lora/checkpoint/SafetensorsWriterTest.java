package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    private static final List<SafetensorsEntry> ENTRIES = List.of(
            Tensors.entry("z", List.of(2L, 1L), 1, 2),
            Tensors.entry("a", List.of(), 3),
            new SafetensorsEntry("empty", ElementType.I64, List.of(0L), () -> ByteBuffer.allocate(0)));

    @TempDir
    Path folder;

    @Test
    void what_is_written_can_be_read() {
        Path file = folder.resolve("lora.safetensors");
        SafetensorsWriter.write(file, Map.of("ss_tag", "猫 \"ears\"\n"), ENTRIES);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.metadata()).containsExactly(Map.entry("ss_tag", "猫 \"ears\"\n"));
            assertThat(read.tensors())
                    .extracting(TensorView::toString)
                    .containsExactly("z F32[2, 1]", "a F32[]", "empty I64[0]");
            assertThat(read.tensor("z").toFloats()).containsExactly(1, 2);
            assertThat(read.tensor("a").toFloats()).containsExactly(3);
        }
    }

    @Test
    void header_has_sorted_metadata_then_tensors_as_given_and_is_padded_to_eight_bytes() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("z", "1");
        metadata.put("b", "2");
        Path file = folder.resolve("lora.safetensors");
        SafetensorsWriter.write(file, metadata, ENTRIES);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        assertThat(length % 8).isZero();
        assertThat(new String(bytes.array(), 8, length, StandardCharsets.UTF_8))
                .startsWith("{\"__metadata__\":{\"b\":\"2\",\"z\":\"1\"},\"z\":{\"dtype\":\"F32\",\"shape\":[2,1],"
                        + "\"data_offsets\":[0,8]},\"a\":")
                .matches("(?s).*}} {0,7}");
    }

    @Test
    void the_same_input_gives_the_same_bytes() throws IOException {
        Path one = folder.resolve("one.safetensors");
        Path two = folder.resolve("two.safetensors");
        SafetensorsWriter.write(one, Map.of("a", "1", "b", "2", "c", "3"), ENTRIES);
        SafetensorsWriter.write(two, Map.of("c", "3", "b", "2", "a", "1"), ENTRIES);
        assertThat(two).hasSameBinaryContentAs(one);
    }

    @Test
    void half_a_surrogate_pair_in_the_metadata_becomes_a_question_mark() {
        Path file = folder.resolve("lora.safetensors");
        SafetensorsWriter.write(file, Map.of("phrase", "a\ud83db"), ENTRIES);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.metadata()).containsEntry("phrase", "a?b");
        }
    }

    @Test
    void replaces_an_existing_file() {
        Path file = folder.resolve("lora.safetensors");
        SafetensorsWriter.write(file, Map.of(), ENTRIES);
        SafetensorsWriter.write(file, Map.of("new", "yes"), ENTRIES);
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.metadata()).containsKey("new");
        }
    }

    @Test
    void a_failing_tensor_leaves_the_old_file_and_nothing_else() throws IOException {
        Path file = Files.writeString(folder.resolve("lora.safetensors"), "old");
        SafetensorsEntry failing = new SafetensorsEntry("x", ElementType.F32, List.of(1L), () -> {
            throw new IllegalStateException("device lost");
        });
        assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), List.of(ENTRIES.get(0), failing)))
                .hasMessage("device lost");
        assertThat(file).hasContent("old");
        assertThat(files()).containsExactly(file);
    }

    @Test
    void a_tensor_with_another_number_of_bytes_than_its_shape_says_is_refused() throws IOException {
        SafetensorsEntry wrong = Tensors.entry("x", List.of(3L), 1, 2);
        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("x.safetensors"), Map.of(), List.of(wrong)))
                .hasMessageContaining("'x'")
                .hasMessageContaining("8 bytes; expected 12");
        assertThat(files()).isEmpty();
    }

    @Test
    void two_tensors_of_one_name_are_refused() throws IOException {
        assertThatThrownBy(() -> SafetensorsWriter.write(
                        folder.resolve("x.safetensors"), Map.of(), List.of(ENTRIES.get(0), ENTRIES.get(0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'z'");
        assertThat(files()).isEmpty();
    }

    @Test
    void a_folder_that_is_not_there_is_a_storage_problem() {
        Path file = folder.resolve("missing").resolve("lora.safetensors");
        assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), ENTRIES))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(file.toString());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
