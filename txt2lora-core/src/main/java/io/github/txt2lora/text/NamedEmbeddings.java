package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.text.PromptChunk.GivenVector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds the names of embeddings among the words of a prompt, as the web UI does: by the words of the tokenizer, so that
 * case makes no difference, and the longest name first. An embedding is read when a prompt names it.
 */
final class NamedEmbeddings {

    private final ClipTokenizer tokenizer;
    private final EmbeddingFolder folder;
    private final List<Integer> widths;
    private final Map<PadToken, Map<String, List<Name>>> names = new EnumMap<>(PadToken.class);
    private final Map<EmbeddingFolder.Entry, TextualInversion> read = new HashMap<>();
    private final Map<TextualInversion, Integer> numbers = new HashMap<>();
    private final SortedMap<String, String> sha256 = new TreeMap<>();

    /**
     * The embeddings of a folder.
     *
     * @param widths of the model's text encoders, in their order
     */
    NamedEmbeddings(ClipTokenizer tokenizer, EmbeddingFolder folder, List<Integer> widths) {
        this.tokenizer = tokenizer;
        this.folder = folder;
        this.widths = List.copyOf(widths);
    }

    /** None, so that all names are plain words. */
    static NamedEmbeddings none(ClipTokenizer tokenizer) {
        return new NamedEmbeddings(tokenizer, EmbeddingFolder.none(), List.of());
    }

    private record Name(EmbeddingFolder.Entry entry, List<String> words) {}

    /** An embedding, and the number of words of its name. */
    record Found(TextualInversion embedding, int words) {}

    /**
     * The embedding whose name begins at that word, if one does.
     *
     * @param words of {@link ClipTokenizer#words(String, PadToken)}
     * @throws io.github.txt2lora.CheckpointException if it cannot be used
     * @throws InvalidSettingException if several files have that name
     */
    Optional<Found> at(List<String> words, int position, PadToken padToken) {
        return names.computeIfAbsent(padToken, this::byFirstWord).getOrDefault(words.get(position), List.of()).stream()
                .filter(name -> startsWith(words, position, name.words()))
                .findFirst()
                .map(name -> new Found(
                        read.computeIfAbsent(name.entry(), this::read),
                        name.words().size()));
    }

    private static boolean startsWith(List<String> words, int position, List<String> name) {
        int end = position + name.size();
        return end <= words.size() && words.subList(position, end).equals(name);
    }

    private Map<String, List<Name>> byFirstWord(PadToken padToken) {
        Map<String, List<Name>> byFirst = new HashMap<>();
        for (EmbeddingFolder.Entry entry : folder.entries()) {
            List<String> words = tokenizer.words(entry.name(), padToken);
            if (!words.isEmpty()) {
                byFirst.computeIfAbsent(words.get(0), first -> new ArrayList<>())
                        .add(new Name(entry, words));
            }
        }
        byFirst.values()
                .forEach(list -> list.sort(
                        Comparator.comparing((Name name) -> name.words().size()).reversed()));
        return byFirst;
    }

    private TextualInversion read(EmbeddingFolder.Entry entry) {
        Path file = fileOf(entry);
        TextualInversion embedding = TextualInversion.read(file, widths);
        sha256.put(embedding.name(), Sha256.of(file));
        numbers.put(embedding, numbers.size());
        return embedding;
    }

    /** Of files with one name, the one for this model, since folders hold embeddings for several families. */
    private Path fileOf(EmbeddingFolder.Entry entry) {
        List<Path> files = entry.safetensors();
        if (files.size() < 2) {
            return files.isEmpty() ? entry.files().get(0) : files.get(0);
        }
        List<Path> fitting = files.stream()
                .filter(file -> TextualInversion.fits(file, widths))
                .toList();
        if (fitting.isEmpty()) {
            return files.get(0);
        }
        if (fitting.stream().map(Sha256::of).distinct().count() > 1) {
            throw new InvalidSettingException("a prompt names the embedding " + Excerpt.quoted(entry.name())
                    + ", but " + fitting.get(0) + " and " + fitting.get(1)
                    + " have that name and differ; expected one of them: rename or remove the other");
        }
        return fitting.get(0);
    }

    /** SHA-256 of the files that were read, by name. */
    SortedMap<String, String> used() {
        return Collections.unmodifiableSortedMap(sha256);
    }

    /** A number that tells a vector from all tokens and all other vectors. */
    int id(GivenVector vector) {
        return ClipTokenizer.END_OF_TEXT
                + 1
                + numbers.getOrDefault(vector.embedding(), 0) * PromptChunk.CAPACITY
                + vector.index();
    }
}
