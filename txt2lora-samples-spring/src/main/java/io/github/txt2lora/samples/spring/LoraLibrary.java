package io.github.txt2lora.samples.spring;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraOperations;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/**
 * The LoRAs in a folder: those trained here and those uploaded. The folder is the truth, the database remembers what its
 * files contain. Names come from clients, so each is checked before it becomes a path.
 */
@Component
final class LoraLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(LoraLibrary.class);

    private static final String ENDING = ".safetensors";
    private static final int CHUNK = 1 << 16;
    private static final int LONGEST_WORDS = 4000;
    private static final int LONGEST_MODEL = 400;

    private final Path folder;
    private final Path uploads;
    private final int most;
    private final DataSize largest;
    private final LoraOperations operations;
    private final LoraRows rows;
    private final TrainingRows trainings;

    /** A LoRA and a name for its content. */
    record StoredLora(String name, Path file, String version) {}

    LoraLibrary(
            ServiceSettings settings,
            ServiceLimits limits,
            LoraOperations operations,
            LoraRows rows,
            TrainingRows trainings) {
        this.folder = settings.loras();
        this.uploads = settings.uploads();
        this.most = limits.loras();
        this.largest = limits.upload();
        this.operations = operations;
        this.rows = rows;
        this.trainings = trainings;
        make(folder);
        make(uploads);
        deleteLeftovers();
    }

    /** Uploads that the end of the process has cut off. */
    private void deleteLeftovers() {
        try (Stream<Path> leftovers = Files.list(uploads)) {
            for (Path file : leftovers.toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new StorageException("the folder " + uploads + " cannot be emptied: " + e, e);
        }
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("the folder " + folder + " cannot be made: " + e, e);
        }
    }

    /** Whether there is a LoRA of this name. */
    boolean has(String name) {
        return isFile(path(name));
    }

    /**
     * The LoRA of a name.
     *
     * @throws InvalidSettingException if the name is missing or cannot be that of a LoRA
     */
    StoredLora find(@Nullable String name) {
        if (name == null) {
            throw InvalidSettingException.missing("the name of a LoRA", "give one of the list at /loras");
        }
        Path file = path(name);
        if (!isFile(file)) {
            throw Refusal.of(HttpStatus.NOT_FOUND, "there is no LoRA " + name + "; expected one of the list at /loras");
        }
        return new StoredLora(name, file, version(attributes(file)));
    }

    /** All LoRAs, the newest first. */
    synchronized List<LoraSummary> all() {
        Map<String, LoraRow> known = new HashMap<>();
        rows.findAll().forEach(row -> known.put(row.name(), row));
        List<LoraRow> current = new ArrayList<>();
        Set<String> there = new HashSet<>();
        for (Path file : files()) {
            String name = nameOf(file);
            there.add(name);
            LoraRow row = known.get(name);
            if (row != null && row.version().equals(version(attributes(file)))) {
                current.add(row);
            } else {
                rows.forget(name);
                read(name, file).map(rows::save).ifPresent(current::add);
            }
        }
        known.keySet().stream().filter(name -> !there.contains(name)).forEach(rows::forget);
        return current.stream()
                .sorted(Comparator.comparing(LoraRow::changedAt).reversed().thenComparing(LoraRow::name))
                .map(LoraSummary::of)
                .toList();
    }

    /** The words that call a LoRA in a prompt: those of its file, or its name. */
    String words(String name) {
        return rows.findByName(name)
                .map(LoraRow::words)
                .filter(words -> !words.isBlank())
                .orElse(name);
    }

    /** Refuses one more LoRA when there are as many as there may be. */
    void requireRoom() {
        if (files().size() >= most) {
            throw Refusal.of(
                    HttpStatus.INSUFFICIENT_STORAGE,
                    most + " LoRAs are stored, as many as there may be; delete one first");
        }
    }

    /**
     * Takes in a file. It gets its name only when it is complete and known to be a LoRA.
     *
     * @throws InvalidSettingException if the name cannot be that of a LoRA
     */
    LoraSummary add(String name, InputStream content) throws IOException {
        path(name);
        requireNew(name);
        requireRoom();
        Path received = Files.createTempFile(uploads, "", ENDING);
        try {
            receive(content, received);
            requireLora(received);
            return takeIn(name, received);
        } finally {
            Files.deleteIfExists(received);
        }
    }

    private synchronized LoraSummary takeIn(String name, Path received) throws IOException {
        requireNew(name);
        requireRoom();
        Path file = path(name);
        Files.move(received, file, StandardCopyOption.ATOMIC_MOVE);
        rows.forget(name);
        return read(name, file)
                .map(rows::save)
                .map(LoraSummary::of)
                .orElseThrow(() -> new StorageException("the LoRA " + name + " vanished after its upload"));
    }

    private void requireNew(String name) {
        if (has(name)) {
            throw Refusal.of(
                    HttpStatus.CONFLICT,
                    "there is a LoRA " + name + " already; delete it first, or choose another name");
        }
        if (trainings.isWriting(name)) {
            throw Refusal.of(
                    HttpStatus.CONFLICT,
                    "a training writes the LoRA " + name + "; choose another name, or wait for its end");
        }
    }

    private void receive(InputStream content, Path target) throws IOException {
        byte[] chunk = new byte[CHUNK];
        long received = 0;
        try (OutputStream out = Files.newOutputStream(target)) {
            for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
                received += read;
                requireSize(received);
                out.write(chunk, 0, read);
            }
        }
    }

    /** Refuses an upload that is too long. */
    void requireSize(long bytes) {
        if (bytes > largest.toBytes()) {
            throw Refusal.of(
                    HttpStatus.PAYLOAD_TOO_LARGE,
                    "the file is too long; expected at most " + largest.toBytes() + " bytes");
        }
    }

    /** A file that is none is refused with what the operations say about it, but without the place where it lies. */
    private void requireLora(Path file) {
        LoraInfo info;
        try {
            info = operations.inspect(file);
        } catch (CheckpointException e) {
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    String.valueOf(e.getMessage()).replace(file.toString(), "the file"));
        }
        if (info.hash().result() == HashCheck.Result.DIFFERS) {
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "the content of the file does not have the hash in its metadata; expected an undamaged LoRA, so"
                            + " copy or download it again");
        }
    }

    /** Deletes a LoRA. */
    synchronized void delete(String name) throws IOException {
        Files.delete(find(name).file());
        rows.forget(name);
    }

    private Optional<LoraRow> read(String name, Path file) {
        try {
            BasicFileAttributes attributes = attributes(file);
            Map<String, String> metadata = operations.inspect(file).metadata();
            return Optional.of(new LoraRow(
                    null,
                    name,
                    version(attributes),
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant(),
                    shortened(metadata.getOrDefault("modelspec.trigger_phrase", ""), LONGEST_WORDS),
                    trainings.newest(name).map(TrainingRow::look).orElse(null),
                    shortened(metadata.getOrDefault("ss_sd_model_name", ""), LONGEST_MODEL)));
        } catch (Txt2LoraException e) {
            LOG.warn("{} is left out of the list of LoRAs", file, e);
            return Optional.empty();
        }
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().endsWith(ENDING) && isFile(file))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException("the folder of LoRAs cannot be listed: " + e, e);
        }
    }

    /** The rule for names of trainings is that of names of files: none leads out of the folder. */
    private Path path(String name) {
        LoraTraining.builder().name(name);
        return folder.resolve(name + ENDING);
    }

    private static String nameOf(Path file) {
        String fileName = file.getFileName().toString();
        return fileName.substring(0, fileName.length() - ENDING.length());
    }

    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static BasicFileAttributes attributes(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            throw new StorageException("the LoRA " + nameOf(file) + " cannot be read: " + e, e);
        }
    }

    /** LoRAs are only ever replaced as a whole, so size and time of change tell versions apart. */
    private static String version(BasicFileAttributes attributes) {
        return Long.toHexString(attributes.size()) + "-"
                + Long.toHexString(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }

    private static String shortened(String text, int longest) {
        return text.substring(0, Math.min(text.length(), longest));
    }
}
