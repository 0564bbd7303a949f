package io.github.txt2lora.leco.cache;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.internal.file.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sets of arrays as safetensors files, one for each set, named after the SHA-256 of what the set depends on, which also
 * stands in the file's metadata with a SHA-256 of names and data. A file that does not fit or is damaged is computed
 * again. Several processes may use a folder at once: files appear whole, and all make the same content, so the last one
 * to write wins.
 */
public final class LatentFolder implements AutoCloseable {

    private static final String EXTENSION = ".latents.safetensors";
    private static final String SET = "txt2lora.latents";
    private static final String DATA_HASH = "data_sha256";

    private final @Nullable Path folder;
    private final long limit;
    private final Consumer<String> warnings;
    private final Map<String, Optional<SafetensorsFile>> open = new HashMap<>();
    private final Map<String, Map<Integer, float[]>> added = new LinkedHashMap<>();
    private final Set<String> reported = new HashSet<>();

    private LatentFolder(@Nullable Path folder, long limit, Consumer<String> warnings) {
        this.folder = folder;
        this.limit = limit;
        this.warnings = warnings;
    }

    /** No folder: nothing is kept. */
    public static LatentFolder none() {
        return new LatentFolder(null, 0, warning -> {});
    }

    /**
     * A folder, created when it is first written to.
     *
     * @param limit bytes of all its files; those that were not used for the longest time are deleted first
     * @param warnings is told of files that cannot be used or written
     */
    public static LatentFolder at(Path folder, long limit, Consumer<String> warnings) {
        return new LatentFolder(folder, limit, warnings);
    }

    /** An array of a set, if it is there with this length. */
    Optional<float[]> read(String set, int number, int length) {
        if (folder == null) {
            return Optional.empty();
        }
        try {
            return open.computeIfAbsent(set, this::openFile)
                    .flatMap(file -> file.find(name(number)))
                    .map(TensorView::toFloats)
                    .filter(values -> values.length == length);
        } catch (CheckpointException | StorageException e) {
            // it was sound when it was opened
            Optional.ofNullable(open.put(set, Optional.empty()))
                    .flatMap(Function.identity())
                    .ifPresent(SafetensorsFile::close);
            warnOf(set, e);
            return Optional.empty();
        }
    }

    /** Once for each file, as it is looked at again when it is written. */
    private void warnOf(String set, Txt2LoraException failure) {
        if (reported.add(set)) {
            warnings.accept("kept latents are computed again: " + failure.getMessage());
        }
    }

    private static String name(int number) {
        return Integer.toString(number);
    }

    private Optional<SafetensorsFile> openFile(String set) {
        Path path = path(set);
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            RegularFile.requireReplaceable(path);
            SafetensorsFile file = SafetensorsFile.open(path);
            try {
                requireSound(file, set);
                markAsUsed(path);
                return Optional.of(file);
            } catch (RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (CheckpointException | StorageException e) {
            warnOf(set, e);
            return Optional.empty();
        }
    }

    private static void markAsUsed(Path path) {
        try {
            Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // a file that somebody else owns can be read all the same
        }
    }

    private static void requireSound(SafetensorsFile file, String set) {
        if (!set.equals(file.metadata().get(SET))) {
            throw new CheckpointException(file.path() + " holds latents of "
                    + Excerpt.of(file.metadata().getOrDefault(SET, "nothing that it names")) + "; expected "
                    + Excerpt.of(set));
        }
        String hash = hash(entries(file.tensors()));
        if (!hash.equals(file.metadata().get(DATA_HASH))) {
            throw new CheckpointException(file.path() + " is damaged: its content has the SHA-256 " + hash
                    + "; expected " + Excerpt.of(file.metadata().getOrDefault(DATA_HASH, "one in its metadata")));
        }
        for (TensorView tensor : file.tensors()) {
            if (tensor.type() != ElementType.F32) {
                throw new CheckpointException(file.path() + " holds " + tensor + "; expected F32");
            }
        }
    }

    /** Of the numbers too, since one that is damaged would stand for other latents. */
    private static String hash(List<SafetensorsEntry> entries) {
        return Sha256.of(
                entries.stream().map(SafetensorsEntry::name).toList() + SafetensorsHashes.sha256OfTensorData(entries));
    }

    /** Takes an array to be written at the next {@link #save}. */
    void add(String set, int number, float[] values) {
        if (folder != null) {
            added.computeIfAbsent(set, any -> new TreeMap<>()).put(number, values);
        }
    }

    /** Writes the additions, together with the present content of the file. */
    void save() {
        if (folder == null || added.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(folder);
            // which also removes what killed processes have left there
            AtomicFile.requireWritable(folder.resolve("new" + EXTENSION));
            added.forEach(this::write);
            dropOldest(folder);
        } catch (StorageException | IOException | UncheckedIOException e) {
            warnings.accept("latents could not be kept in " + folder + ", so they will be computed again: "
                    + (e instanceof StorageException ? e.getMessage() : e));
        } finally {
            added.clear();
        }
    }

    private void write(String set, Map<Integer, float[]> arrays) {
        Map<String, float[]> all = new TreeMap<>();
        Optional.ofNullable(open.remove(set)).flatMap(Function.identity()).ifPresent(SafetensorsFile::close);
        openFile(set).ifPresent(file -> {
            try (file) {
                file.tensors().forEach(tensor -> all.put(tensor.name(), tensor.toFloats()));
            } catch (CheckpointException | StorageException e) {
                warnOf(set, e); // what could be read of it is sound
            }
        });
        arrays.forEach((number, values) -> all.put(name(number), values));
        List<TensorView> tensors = all.entrySet().stream()
                .map(array -> tensor(array.getKey(), array.getValue()))
                .toList();
        List<SafetensorsEntry> entries = entries(tensors);
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(SET, set);
        metadata.put(DATA_HASH, hash(entries));
        SafetensorsWriter.write(path(set), metadata, entries);
        reported.remove(set);
    }

    private static TensorView tensor(String name, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new TensorView(name, ElementType.F32, List.of((long) values.length), bytes::duplicate);
    }

    private static List<SafetensorsEntry> entries(Iterable<TensorView> tensors) {
        List<SafetensorsEntry> entries = new ArrayList<>();
        tensors.forEach(tensor -> entries.add(SafetensorsEntry.of(tensor.name(), tensor)));
        return entries;
    }

    private void dropOldest(Path directory) throws IOException {
        List<Kept> oldestFirst;
        try (Stream<Path> all = Files.list(directory)) {
            oldestFirst = all.filter(file -> file.toString().endsWith(EXTENSION) && RegularFile.isAt(file))
                    .flatMap(Kept::of)
                    .sorted(Comparator.comparing(Kept::used))
                    .toList();
        }
        long bytes = oldestFirst.stream().mapToLong(Kept::bytes).sum();
        for (Kept file : oldestFirst) {
            if (bytes <= limit) {
                break;
            }
            Files.deleteIfExists(file.path());
            bytes -= file.bytes();
        }
    }

    /** A file as it is now; others may delete it at any time. */
    private record Kept(Path path, FileTime used, long bytes) {

        static Stream<Kept> of(Path file) {
            try {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return Stream.of(new Kept(file, attributes.lastModifiedTime(), attributes.size()));
            } catch (NoSuchFileException e) {
                return Stream.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Path path(String set) {
        return Objects.requireNonNull(folder).resolve(Sha256.of(set).substring(0, 32) + EXTENSION);
    }

    @Override
    public void close() {
        open.values().forEach(file -> file.ifPresent(SafetensorsFile::close));
        open.clear();
        added.clear();
    }
}
