package io.github.txt2lora.leco.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatentFolderTest {

    private static final int LENGTH = 3;
    private static final String SET = "pictures of \"1girl\"/64 pixels";
    private static final float[] ONE = {1, -1, 0.5f};
    private static final float[] TWO = {2, Float.MIN_VALUE, -0f};

    @TempDir
    Path parent;

    private final List<String> warnings = new ArrayList<>();

    private Path directory() {
        return parent.resolve("cache");
    }

    private LatentFolder folder() {
        return folder(Long.MAX_VALUE);
    }

    private LatentFolder folder(long limit) {
        return LatentFolder.at(directory(), limit, warnings::add);
    }

    private Optional<float[]> read(String set, int number) {
        try (LatentFolder folder = folder()) {
            return folder.read(set, number, LENGTH);
        }
    }

    private void write(String set, int number, float[] values) {
        try (LatentFolder folder = folder()) {
            folder.add(set, number, values);
            folder.save();
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(directory())) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path onlyFile() {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    @Test
    void what_one_writes_another_reads() {
        try (LatentFolder folder = folder()) {
            folder.add(SET, 0, ONE);
            folder.add("other", 7, TWO);
            folder.save();
            assertThat(folder.read(SET, 0, LENGTH)).hasValue(ONE);
        }
        write(SET, 12, TWO);

        assertThat(read(SET, 0)).hasValue(ONE);
        assertThat(read(SET, 12)).hasValue(TWO);
        assertThat(read("other", 7)).hasValue(TWO);
        assertThat(read(SET, 1)).isEmpty();
        assertThat(read("a third", 0)).isEmpty();
        assertThat(files()).hasSize(2);
        assertThat(warnings).isEmpty();
    }

    @Test
    void nothing_is_written_before_it_is_saved_or_without_anything_new() {
        try (LatentFolder folder = folder()) {
            folder.save();
            folder.add(SET, 0, ONE);
        }

        assertThat(directory()).doesNotExist();
    }

    @Test
    void no_folder_keeps_nothing() {
        try (LatentFolder folder = LatentFolder.none()) {
            folder.add(SET, 0, ONE);
            folder.save();

            assertThat(folder.read(SET, 0, LENGTH)).isEmpty();
        }
    }

    @Test
    void an_array_of_another_length_is_not_used() {
        write(SET, 0, ONE);

        try (LatentFolder folder = folder()) {
            assertThat(folder.read(SET, 0, LENGTH + 1)).isEmpty();
            folder.add(SET, 0, new float[LENGTH + 1]);
            folder.save();
            assertThat(folder.read(SET, 0, LENGTH + 1)).hasValue(new float[LENGTH + 1]);
        }
        assertThat(warnings).isEmpty();
    }

    /** Something that goes wrong with a file. */
    private record Damage(String name, Act act) {

        @FunctionalInterface
        interface Act {
            void on(Path file) throws IOException;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Damage> damages() {
        return Stream.of(
                new Damage("empty", file -> Files.write(file, new byte[0])),
                new Damage("no safetensors", file -> Files.writeString(file, "<html>404</html>")),
                new Damage("cut off in its header", file -> cut(file, 20)),
                new Damage("cut off in its data", file -> cut(file, (int) Files.size(file) - 1)),
                new Damage("with another bit", file -> change(file, bytes -> bytes[bytes.length - 1] ^= 1)),
                new Damage("with another number", file -> change(file, LatentFolderTest::renumber)),
                new Damage(
                        "of another hash",
                        file -> rewrite(file, Map.of("data_sha256", "0".repeat(64)), ElementType.F32)),
                new Damage(
                        "of another set", file -> rewrite(file, Map.of("txt2lora.latents", "other"), ElementType.F32)),
                new Damage("without metadata", file -> rewrite(file, Map.of(), ElementType.F32)),
                new Damage("of another type", file -> rewrite(file, metadata(file), ElementType.I32)),
                new Damage("a link", file -> link(file, Files.copy(file, file.resolveSibling("other")))),
                new Damage("a link to nothing", file -> link(file, file.resolveSibling("nothing"))),
                new Damage("a pipe", file -> {
                    Files.delete(file);
                    pipe(file);
                }),
                new Damage("a folder", file -> {
                    Files.delete(file);
                    Files.createDirectory(file);
                }));
    }

    private static void link(Path file, Path target) throws IOException {
        Files.delete(file);
        Files.createSymbolicLink(file, target);
    }

    private static void pipe(Path file) throws IOException {
        Process made = new ProcessBuilder("mkfifo", file.toString()).start();
        assertThat(made.onExit().join().exitValue()).isZero();
    }

    private static void cut(Path file, int length) throws IOException {
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
    }

    private interface Change {
        void of(byte[] bytes);
    }

    private static void change(Path file, Change change) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        change.of(bytes);
        Files.write(file, bytes);
    }

    /** Makes the tensor 0 number 1. */
    private static void renumber(byte[] bytes) {
        int place = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"0\"");
        bytes[place + 1] = '1';
    }

    private static Map<String, String> metadata(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return file.metadata();
        }
    }

    private static void rewrite(Path path, Map<String, String> changes, ElementType type) throws IOException {
        Path changed = path.resolveSibling("changed");
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Map<String, String> metadata = new HashMap<>();
            if (!changes.isEmpty()) {
                metadata.putAll(file.metadata());
                metadata.putAll(changes);
            }
            List<SafetensorsEntry> entries = file.tensors().stream()
                    .map(tensor -> new TensorView(tensor.name(), type, tensor.shape(), tensor::bytes))
                    .map(tensor -> SafetensorsEntry.of(tensor.name(), tensor))
                    .toList();
            SafetensorsWriter.write(changed, metadata, entries);
        }
        Files.move(changed, path, StandardCopyOption.REPLACE_EXISTING);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void a_file_that_cannot_be_used_is_reported_and_made_anew(Damage damage) throws IOException {
        write(SET, 0, ONE);
        damage.act().on(onlyFile());

        try (LatentFolder folder = folder()) {
            assertThat(folder.read(SET, 0, LENGTH)).isEmpty();
            assertThat(folder.read(SET, 1, LENGTH)).isEmpty();
            assertThat(warnings).singleElement().asString().startsWith("kept latents are computed again: ");
            folder.add(SET, 0, TWO);
            folder.save();
        }

        if (damage.name().startsWith("a ")) {
            assertThat(warnings).hasSize(2).last().asString().contains("could not be kept");
            assertThat(directory().resolve("nothing")).doesNotExist();
        } else {
            assertThat(warnings).hasSize(1);
            assertThat(read(SET, 0)).hasValue(TWO);
        }
    }

    @Test
    void a_file_that_becomes_shorter_while_it_is_open_is_reported_once_and_made_anew() throws IOException {
        float[] longer = new float[50_000];
        try (LatentFolder folder = folder()) {
            folder.add(SET, 0, longer);
            folder.add(SET, 1, longer);
            folder.save();
            assertThat(folder.read(SET, 0, longer.length)).isPresent();

            try (FileChannel channel = FileChannel.open(onlyFile(), StandardOpenOption.WRITE)) {
                channel.truncate(1000);
            }
            assertThat(folder.read(SET, 0, longer.length)).isEmpty();
            assertThat(folder.read(SET, 1, longer.length)).isEmpty();
            folder.add(SET, 0, longer);
            folder.save();

            assertThat(warnings).singleElement().asString().contains("became shorter while it was read");
            assertThat(folder.read(SET, 0, longer.length)).hasValue(longer);
        }
    }

    @Test
    void a_file_of_another_set_under_this_name_is_not_used() throws IOException {
        write(SET, 0, ONE);
        Path name = onlyFile();
        write("other", 0, TWO);
        Path other =
                files().stream().filter(file -> !file.equals(name)).findFirst().orElseThrow();
        Files.move(other, name, StandardCopyOption.REPLACE_EXISTING);

        assertThat(read(SET, 0)).isEmpty();
        assertThat(warnings).singleElement().asString().contains("holds latents of other; expected pictures of");
    }

    @Test
    void what_was_not_used_for_the_longest_time_is_deleted_beyond_the_limit() throws IOException {
        write("a", 0, ONE);
        Path a = onlyFile();
        long bytes = Files.size(a);
        write("b", 0, ONE);
        for (Path file : files()) {
            boolean isA = file.equals(a);
            Files.setLastModifiedTime(
                    file, FileTime.from(Instant.parse(isA ? "2026-01-01T00:00:00Z" : "2026-01-02T00:00:00Z")));
        }
        assertThat(read("a", 0)).hasValue(ONE);
        Path foreign = Files.writeString(directory().resolve("readme.txt"), "x".repeat(10_000));

        try (LatentFolder folder = folder(2 * bytes)) {
            folder.add("c", 0, ONE);
            folder.save();
        }

        assertThat(read("a", 0)).hasValue(ONE);
        assertThat(read("b", 0)).isEmpty();
        assertThat(read("c", 0)).hasValue(ONE);
        assertThat(foreign).exists();
    }

    @Test
    void a_limit_that_holds_nothing_deletes_all() {
        try (LatentFolder folder = folder(1)) {
            folder.add(SET, 0, ONE);
            folder.save();
        }

        assertThat(files()).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void several_at_once_lose_work_at_most() {
        try (LatentFolder first = folder();
                LatentFolder second = folder()) {
            assertThat(first.read(SET, 0, LENGTH)).isEmpty();
            assertThat(second.read(SET, 1, LENGTH)).isEmpty();
            first.add(SET, 0, ONE);
            second.add(SET, 1, TWO);

            first.save();
            second.save();

            assertThat(second.read(SET, 0, LENGTH)).hasValue(ONE);
            first.add(SET, 2, ONE);
            first.save();
            assertThat(first.read(SET, 1, LENGTH)).hasValue(TWO);
        }

        assertThat(read(SET, 0)).hasValue(ONE);
        assertThat(read(SET, 1)).hasValue(TWO);
        assertThat(read(SET, 2)).hasValue(ONE);
        assertThat(warnings).isEmpty();
    }

    @Test
    void several_that_write_all_the_time_leave_a_sound_file() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            threads.add(new Thread(() -> {
                for (int round = 0; round < 10; round++) {
                    try (LatentFolder folder = LatentFolder.at(directory(), Long.MAX_VALUE, this::warn)) {
                        folder.read(SET, number, LENGTH);
                        folder.add(SET, number, new float[] {number, number, number});
                        folder.save();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        int found = 0;
        for (int i = 0; i < threads.size(); i++) {
            Optional<float[]> values = read(SET, i);
            if (values.isPresent()) {
                found++;
                assertThat(values.get()).containsOnly(i);
            }
        }
        assertThat(found).isPositive();
        assertThat(warnings).isEmpty();
    }

    private synchronized void warn(String warning) {
        warnings.add(warning);
    }

    @Test
    void a_folder_that_cannot_be_written_is_reported_and_harms_nothing() throws IOException {
        Files.writeString(directory(), "a file where the folder should be");

        try (LatentFolder folder = folder()) {
            assertThat(folder.read(SET, 0, LENGTH)).isEmpty();
            folder.add(SET, 0, ONE);
            folder.save();
            folder.save();
        }

        assertThat(warnings).hasSize(2).last().asString().startsWith("latents could not be kept in " + directory());
        assertThat(directory()).hasContent("a file where the folder should be");
    }
}
