package io.github.txt2lora.checkpoint;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static final String SOUND = "{\"__metadata__\":{\"k\":\"v\",\"é\":\"\"},"
            + "\"b\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[4,16]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
            + "\"none\":{\"dtype\":\"I64\",\"shape\":[0,7],\"data_offsets\":[16,16]}}  ";
    private static final int SOUND_DATA = 16;

    @TempDir
    Path folder;

    private SafetensorsFile open(String header, int dataBytes) {
        return SafetensorsFile.open(RawSafetensors.write(folder, RawSafetensors.bytes(header, dataBytes)));
    }

    @Test
    void refuses_more_tensors_and_longer_names_than_any_model_has() {
        String entry = "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
        String many = IntStream.rangeClosed(0, 100_000)
                .mapToObj(i -> "\"" + i + entry)
                .collect(Collectors.joining(",", "{", "}"));
        assertThatThrownBy(() -> open(many, 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("more than 100000 tensors");
        assertThatThrownBy(() -> open("{\"" + "x".repeat(5000) + entry + "}", 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("exceeds the maximum allowed (4096");
    }

    @Test
    void refuses_more_metadata_than_any_file_has() {
        String many = IntStream.rangeClosed(0, 10_000)
                .mapToObj(i -> "\"" + i + "\":\"\"")
                .collect(Collectors.joining(",", "{\"__metadata__\":{", "}}"));
        assertThatThrownBy(() -> open(many, 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("'__metadata__': more than 10000 entries");

        String half = "x".repeat(17 << 20);
        assertThatThrownBy(() -> open("{\"__metadata__\":{\"a\":\"" + half + "\",\"b\":\"" + half + "\"}}", 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("'__metadata__': more than 33554432 characters");
        assertThatThrownBy(() -> open("{\"__metadata__\":{\"a\":\"" + half + half + "\"}}", 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("exceeds the maximum allowed (33554432)");
    }

    @Test
    void takes_the_captions_of_many_pictures_in_the_metadata() {
        String captions = "1girl, ".repeat(1 << 20);

        try (SafetensorsFile file = open("{\"__metadata__\":{\"ss_tag_frequency\":\"" + captions + "\"}}", 0)) {
            assertThat(file.metadata().get("ss_tag_frequency")).hasSameSizeAs(captions);
        }
    }

    @Test
    void refuses_names_and_fields_without_end() {
        String entry = "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
        String longName = "x".repeat(4000);
        String names = IntStream.rangeClosed(0, (16 << 20) / 4000)
                .mapToObj(i -> "\"" + i + longName + entry)
                .collect(Collectors.joining(",", "{", "}"));
        assertThatThrownBy(() -> open(names, 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("more than 16777216 characters of tensors' names");

        String fields = IntStream.rangeClosed(0, 100)
                .mapToObj(i -> "\"" + i + "\":0")
                .collect(Collectors.joining(",", "{\"a\":{", "}}"));
        assertThatThrownBy(() -> open(fields, 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("'a': more than 100 fields");
    }

    @Test
    void reads_metadata_and_tensors_in_the_order_of_the_data() {
        try (SafetensorsFile file = open(SOUND, SOUND_DATA)) {
            assertThat(file.metadata()).containsExactly(Map.entry("k", "v"), Map.entry("é", ""));
            assertThat(file.tensors()).extracting(TensorView::name).containsExactly("a", "b", "none");
            assertThat(file.tensor("a").shape()).isEmpty();
            assertThat(file.tensor("none").toString()).isEqualTo("none I64[0, 7]");
            assertThat(file.tensor("none").bytes().remaining()).isZero();
            assertThat(Tensors.content(file.tensor("b"))).containsExactly(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        }
    }

    @Test
    void reads_a_file_without_tensors() {
        try (SafetensorsFile file = open("{}", 0)) {
            assertThat(file.tensors()).isEmpty();
            assertThat(file.metadata()).isEmpty();
        }
    }

    @Test
    void a_file_that_becomes_shorter_while_it_is_open_is_told_in_one_sentence() throws IOException {
        Path path = folder.resolve("shrinking.safetensors");
        SafetensorsWriter.write(
                path,
                Map.of(),
                List.of(new SafetensorsEntry(
                        "a", ElementType.F32, List.of(50_000L), () -> ByteBuffer.allocate(200_000))));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            TensorView tensor = file.tensor("a");
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(1000);
            }
            for (ThrowingCallable reading : List.<ThrowingCallable>of(
                    tensor::bytes,
                    tensor::toFloats,
                    () -> tensor.rows(49_999, 50_000).bytes(),
                    () -> tensor.readInto(ByteBuffer.allocate(200_000)),
                    () -> SafetensorsHashes.sha256OfTensorData(List.of(SafetensorsEntry.of("a", tensor))),
                    () -> new FiniteScan().firstNotFinite(tensor))) {
                assertThatThrownBy(reading)
                        .isInstanceOf(StorageException.class)
                        .hasMessage(path + " became shorter while it was read; expected a file that stays as it is:"
                                + " wait until it is copied or synced, then start again");
            }
        }
    }

    @Test
    void a_file_that_is_replaced_while_it_is_open_is_read_to_its_end() throws IOException {
        try (SafetensorsFile file = open(SOUND, SOUND_DATA)) {
            Files.move(Files.writeString(folder.resolve("other"), "other"), file.path(), REPLACE_EXISTING);

            assertThat(Tensors.content(file.tensor("b"))).startsWith(4, 5);
        }
    }

    @Test
    void names_the_file_when_a_tensor_is_not_there() {
        try (SafetensorsFile file = open(SOUND, SOUND_DATA)) {
            assertThat(file.find("c")).isEmpty();
            assertThatThrownBy(() -> file.tensor("c"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("model.safetensors")
                    .hasMessageContaining("'c'");
        }
    }

    @Test
    void ignores_further_fields_of_a_tensor() {
        try (SafetensorsFile file =
                open("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"note\":[1]}}", 1)) {
            assertThat(file.tensors()).hasSize(1);
        }
    }

    @Test
    void every_truncation_of_a_file_is_refused() {
        byte[] whole = RawSafetensors.bytes(SOUND, SOUND_DATA);
        for (int length = 0; length < whole.length; length++) {
            Path file = RawSafetensors.write(folder, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SafetensorsFile.open(file))
                    .as("first %d bytes", length)
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void a_changed_byte_in_the_header_gives_a_readable_file_or_an_exception_of_our_own() {
        byte[] whole = RawSafetensors.bytes(SOUND, SOUND_DATA);
        int refused = 0;
        for (int position = 0; position < whole.length - SOUND_DATA; position++) {
            for (byte value : new byte[] {0, ' ', '"', '0', '9', '-', '{', '}', '[', ',', (byte) 0x80, (byte) 0xff}) {
                byte[] changed = whole.clone();
                changed[position] = value;
                try (SafetensorsFile file = SafetensorsFile.open(RawSafetensors.write(folder, changed))) {
                    file.tensors()
                            .forEach(tensor -> assertThat((long) tensor.bytes().remaining())
                                    .isEqualTo(tensor.byteSize()));
                } catch (CheckpointException expected) {
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "overlap |"
                        + " {'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}}"
                        + " | begins at data byte 2; expected 3",
                "hole |"
                        + " {'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}}"
                        + " | begins at data byte 2; expected 1",
                "hole at the start | {'b':{'dtype':'U8','shape':[3],'data_offsets':[1,4]}} | begins at data byte 1;"
                        + " expected 0",
                "data left over | {'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}} | end at data byte 3, but the"
                        + " file continues to 4",
                "data missing | {'a':{'dtype':'U8','shape':[5],'data_offsets':[0,5]}} | need 5 bytes after the header,"
                        + " but the file holds only 4",
                "wrong size | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | hold 4 bytes; expected 8",
                "overflow | {'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,4]}} | too large",
                "number beyond 64 bits | {'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}} |"
                        + " out of range",
                "negative size | {'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | negative number -1",
                "negative offset | {'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}} | negative number -4",
                "offsets reversed | {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | expected [begin, end]",
                "one offset | {'a':{'dtype':'F32','shape':[1],'data_offsets':[4]}} | expected [begin, end]",
                "fraction | {'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}} | a number with decimals",
                "unknown dtype | {'a':{'dtype':'F4','shape':[1],'data_offsets':[0,4]}} | unknown dtype 'F4'",
                "dtype no text | {'a':{'dtype':4,'shape':[1],'data_offsets':[0,4]}} | 'a.dtype'",
                "no dtype | {'a':{'shape':[1],'data_offsets':[0,4]}} | no dtype",
                "no shape | {'a':{'dtype':'F32','data_offsets':[0,4]}} | no shape",
                "no offsets | {'a':{'dtype':'F32','shape':[1]}} | no data_offsets",
                "duplicate tensor |"
                        + " {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}"
                        + " | Duplicate",
                "duplicate metadata | {'__metadata__':{'k':'1','k':'2'}} | Duplicate",
                "metadata not a string | {'__metadata__':{'k':1}} | __metadata__.k",
                "metadata a list | {'__metadata__':[]} | __metadata__",
                "tensor a list | {'a':[0]} | 'a'",
                "text after the end | {} {} | after the closing brace",
                "deep nesting | {'a':{'x':[[[[]]]]}} | nesting depth",
                "unclosed | {'a':{'dtype':'F32' | end-of-input",
            })
    void refuses_a_header_and_says_why(String ignoredCase, String header, String reason) {
        assertThatThrownBy(() -> open(header.replace('\'', '"'), 4))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("model.safetensors");
    }

    @Test
    void refuses_a_header_that_is_not_utf_8() {
        byte[] header = "{\"__metadata__\":{\"k\":\"x\"}}".getBytes(StandardCharsets.ISO_8859_1);
        header[header.length - 4] = (byte) 0xe9;
        assertThatThrownBy(() -> SafetensorsFile.open(RawSafetensors.write(folder, RawSafetensors.bytes(header, 0))))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void refuses_a_header_longer_than_the_limit_without_reading_it() throws IOException {
        Path file = folder.resolve("long.safetensors");
        long headerBytes = SafetensorsFile.MAX_HEADER_BYTES + 1L;
        writeSparse(file, headerBytes, "{", Long.BYTES + headerBytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("100000001")
                .hasMessageContaining("100000000");
    }

    @Test
    void a_message_shows_no_more_than_the_beginning_of_a_long_key() {
        String key = "x\\n".repeat(10_000);
        assertThatThrownBy(() -> open("{\"" + key + "\":1}", 0))
                .isExactlyInstanceOf(CheckpointException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000).doesNotContain("\n"));
    }

    @Test
    void reads_tensors_beyond_2_gib_and_lists_one_that_is_larger() throws IOException {
        long gib = 1L << 30;
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},".formatted(3 * gib, 3 * gib)
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]},".formatted(gib, 3 * gib, 4 * gib)
                + "\"c\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[%d,%d]}}".formatted(4 * gib, 4 * gib + 2);
        Path file = folder.resolve("large.safetensors");
        long end = Long.BYTES + header.length() + 4 * gib + 2;
        writeSparse(file, header.length(), header, end);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {7, 8}), end - 2);
        }
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(Tensors.content(opened.tensor("c"))).containsExactly(7, 8);
            assertThat(opened.tensor("b").byteSize()).isEqualTo(1 << 30);
            assertThat(opened.tensor("a").elements()).isEqualTo(3 * gib);
            assertThatThrownBy(opened.tensor("a")::bytes).isInstanceOf(CheckpointException.class);
        }
    }

    private static void writeSparse(Path file, long headerBytes, String header, long fileBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(length.putLong(0, headerBytes), 0);
            channel.write(ByteBuffer.wrap(header.getBytes(StandardCharsets.UTF_8)), Long.BYTES);
            channel.write(ByteBuffer.allocate(1), fileBytes - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.ckpt", "model.pt", "MODEL.PTH", "pytorch_model.bin"})
    void refuses_files_named_as_pickles_and_says_what_to_do(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), new byte[100]);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("pickle")
                .hasMessageContaining(".safetensors");
    }

    @ParameterizedTest
    @CsvSource({
        "PK\3\4 and a zip archive, pickle",
        "\u0080\2}q\0 and a pickle, pickle",
        "<!DOCTYPE html>, web page",
        "version https://git-lfs.github.com/spec/v1, Git LFS pointer",
        "just some text, not a safetensors file",
        "short, it has 5 bytes",
    })
    void says_what_a_file_is_by_its_first_bytes(String start, String expected) {
        Path file = RawSafetensors.write(folder, start.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void a_header_length_that_begins_like_a_pickle_is_none() {
        String padded = SOUND + " ".repeat(0x280 - SOUND.getBytes(StandardCharsets.UTF_8).length);
        try (SafetensorsFile file = open(padded, SOUND_DATA)) {
            assertThat(file.tensors()).hasSize(3);
        }
    }

    @Test
    void refuses_a_missing_file_and_a_folder() {
        for (Path path : List.of(folder.resolve("nothing.safetensors"), folder)) {
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining(path.toString());
        }
    }
}
