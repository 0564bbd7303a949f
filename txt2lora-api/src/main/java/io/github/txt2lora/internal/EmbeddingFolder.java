package io.github.txt2lora.internal;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.Sha256;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The files of textual-inversion embeddings that prompts may name. None is read before a prompt names it. */
public final class EmbeddingFolder {

    /** The extension of files that are read. */
    public static final String SAFETENSORS = ".safetensors";

    private static final List<String> EXTENSIONS = List.of(SAFETENSORS, ".pt", ".bin");

    private static final int DEEPEST = 16;

    /** The words that CLIP's tokenizer finds; it also puts spaces around ideographs. */
    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d|\\p{IsHan}" + "|[\\p{L}&&[^\\p{IsHan}]]++|\\p{N}|[^\\s\\p{L}\\p{N}]++");

    private static final Pattern INVISIBLE = Pattern.compile("[\\p{C}&&[^\\s]]");

    private static final char BETWEEN_WORDS = '\n';

    private static final String NO_WORDS = String.valueOf(BETWEEN_WORDS);

    private final List<Entry> entries;

    private EmbeddingFolder(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * The files of one name.
     *
     * @param name name of the first file without its extension
     * @param files one or more, in the order of their paths
     */
    public record Entry(String name, List<Path> files) {

        /** Copies the list. */
        public Entry {
            files = List.copyOf(files);
        }

        /** The files in the format that is read. */
        public List<Path> safetensors() {
            return files.stream()
                    .filter(file -> lowerCase(file).endsWith(SAFETENSORS))
                    .toList();
        }

        /** A digest of the content of all files that are read. */
        String sha256() {
            return safetensors().stream().map(Sha256::of).collect(Collectors.joining(" "));
        }
    }

    /** No embeddings. */
    public static EmbeddingFolder none() {
        return new EmbeddingFolder(List.of());
    }

    /** The embeddings of a folder, or none. */
    public static EmbeddingFolder of(Optional<Path> folder) {
        return folder.map(EmbeddingFolder::of).orElseGet(EmbeddingFolder::none);
    }

    /**
     * Lists the embeddings of a folder and its subfolders. Names that differ in case only are one.
     *
     * @throws InvalidSettingException if there is no such folder
     * @throws StorageException if it cannot be listed
     */
    public static EmbeddingFolder of(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw InvalidSettingException.of(
                    "embeddings",
                    folder,
                    Files.exists(folder)
                            ? "a folder of " + SAFETENSORS + " files, but that is a file"
                            : "a folder of " + SAFETENSORS + " files, but there is none");
        }
        Map<String, List<Path>> files = new TreeMap<>();
        try {
            embeddingsIn(folder)
                    .forEach(file -> files.computeIfAbsent(words(name(file)), words -> new ArrayList<>())
                            .add(file));
        } catch (IOException e) {
            throw new StorageException(
                    "cannot list the folder of embeddings " + folder + ": " + e.getMessage()
                            + "; expected a folder that may be read",
                    e);
        }
        return new EmbeddingFolder(files.values().stream()
                .map(same -> new Entry(name(same.get(0)), same))
                .toList());
    }

    /** In the order of their paths; a link to a folder above itself leads to nothing new. */
    private static SortedSet<Path> embeddingsIn(Path folder) throws IOException {
        SortedSet<Path> found = new TreeSet<>();
        Files.walkFileTree(folder, Set.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (isEmbedding(file)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof FileSystemLoopException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return found;
    }

    private static boolean isEmbedding(Path file) {
        String fileName = lowerCase(file);
        return EXTENSIONS.stream().anyMatch(fileName::endsWith)
                && !fileName.startsWith(".")
                && Files.isRegularFile(file)
                && !words(name(file)).equals(NO_WORDS);
    }

    private static String lowerCase(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }

    /** The name of a file without its extension. */
    public static String name(Path file) {
        String fileName = String.valueOf(file.getFileName());
        int dot = fileName.lastIndexOf('.');
        return dot < 0 ? fileName : fileName.substring(0, dot);
    }

    /** All files by name. */
    public List<Entry> entries() {
        return entries;
    }

    /** Those that one of the prompts names. */
    public EmbeddingFolder namedIn(Collection<String> prompts) {
        if (entries.isEmpty()) {
            return this;
        }
        String all = prompts.stream().distinct().map(EmbeddingFolder::words).collect(Collectors.joining("\n"));
        return new EmbeddingFolder(entries.stream()
                .filter(entry -> all.contains(words(entry.name())))
                .toList());
    }

    /** Digests of the content of all files by name. */
    public SortedMap<String, String> sha256() {
        SortedMap<String, String> digests = new TreeMap<>();
        entries.forEach(entry -> digests.put(entry.name(), entry.sha256()));
        return digests;
    }

    /** The words of a text, each between two separators, so that words of a name are found as a part of it. */
    private static String words(String text) {
        String cleaned = INVISIBLE
                .matcher(Normalizer.normalize(text, Normalizer.Form.NFC))
                .replaceAll("")
                .toLowerCase(Locale.ROOT);
        StringBuilder words = new StringBuilder().append(BETWEEN_WORDS);
        Matcher word = WORD.matcher(cleaned);
        while (word.find()) {
            words.append(word.group()).append(BETWEEN_WORDS);
        }
        return words.toString();
    }
}
