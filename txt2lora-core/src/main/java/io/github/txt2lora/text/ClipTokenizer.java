package io.github.txt2lora.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * CLIP's tokenizer, shared by SD 1.x, SD 2.x and SDXL: gives the ids of Hugging Face's slow {@code CLIPTokenizer}
 * without ftfy. Case and the kind of whitespace make no difference. Emphasis such as {@code (word:1.2)} is plain text
 * here.
 *
 * <p>Immutable, so one instance serves all threads; loading takes a moment, so keep it. Time grows with the length of a
 * text, n log n at most, whatever it contains.
 */
public final class ClipTokenizer {

    /** Number of ids that a text encoder reads at once, start and end included. */
    public static final int LENGTH = 77;

    /** The id of {@code <|startoftext|>}. */
    public static final int START_OF_TEXT = 49406;

    /** The id of {@code <|endoftext|>}. */
    public static final int END_OF_TEXT = 49407;

    private static final String START_WORD = "<|startoftext|>";
    private static final String END_WORD = "<|endoftext|>";
    private static final String EXCLAMATION_MARK = "!";

    private static final Pattern MARKERS = Pattern.compile("<\\|startoftext\\|>|<\\|endoftext\\|>");
    private static final Pattern MARKERS_AND_EXCLAMATION_MARK = Pattern.compile(MARKERS.pattern() + "|!");

    /** CLIP's own expression, made possessive so that it never backtracks. */
    private static final Pattern WORD = Pattern.compile(
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}++|\\p{N}|[^\\s\\p{L}\\p{N}]++",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private final BytePairEncoder encoder;
    private final List<String> words;

    private ClipTokenizer(ClipVocabulary vocabulary) {
        encoder = new BytePairEncoder(vocabulary);
        words = vocabulary.words();
    }

    /**
     * A tokenizer with the vocabulary that comes with the library.
     *
     * @throws io.github.txt2lora.StorageException if the library's jar is damaged
     */
    public static ClipTokenizer load() {
        return new ClipTokenizer(ClipVocabulary.load());
    }

    /** The words of at least three letters from a to z that have an id of their own, the most frequent first. */
    public List<String> words() {
        return words;
    }

    /** All ids of a text, with start and end, neither cut nor padded, as SD 1.x reads it. */
    public int[] encode(String text) {
        return encode(text, PadToken.END_OF_TEXT);
    }

    /** All ids of a text, with start and end, neither cut nor padded; the pad token may split the text further. */
    public int[] encode(String text, PadToken padToken) {
        IntStream.Builder ids = IntStream.builder();
        ids.add(START_OF_TEXT);
        for (String word : words(text, padToken)) {
            Arrays.stream(ids(word, padToken)).forEach(ids);
        }
        ids.add(END_OF_TEXT);
        return ids.build().toArray();
    }

    /** The words of a text, of which each is encoded for itself: {@link #ids} gives what {@link #encode} does. */
    List<String> words(String text, PadToken padToken) {
        return TextCleaner.split(text).stream()
                .flatMap(piece -> wordsOf(piece, padToken).stream())
                .toList();
    }

    /**
     * The {@link #LENGTH} ids that a text encoder reads: what exceeds 75 ids is cut off, in the midst of a word if need
     * be, and unused places are padded.
     */
    public TokenizedPrompt tokenize(String text, PadToken padToken) {
        return tokenize(text, padToken, NamedEmbeddings.none(this));
    }

    /** As {@link #tokenize(String, PadToken)}, with places for embeddings, of which none is cut. */
    TokenizedPrompt tokenize(String text, PadToken padToken, NamedEmbeddings embeddings) {
        List<String> pieces = TextCleaner.split(text);
        List<String> words = new ArrayList<>();
        int[] ends = new int[pieces.size()];
        for (int i = 0; i < ends.length; i++) {
            words.addAll(wordsOf(pieces.get(i), padToken));
            ends[i] = words.size();
        }
        var places = new PromptPlaces(padToken);
        int kept = 0;
        boolean fits = true;
        while (fits && kept < words.size()) {
            NamedEmbeddings.Found found = embeddings.at(words, kept, padToken).orElse(null);
            fits = found == null ? places.add(ids(words.get(kept), padToken)) : places.add(found.embedding());
            if (fits) {
                kept += found == null ? 1 : found.words();
            }
        }
        return places.prompt(dropped(pieces, words, ends, kept));
    }

    /**
     * The pieces after a number of words: those without a word that is kept as they were written, and the rest of one
     * that is kept in part.
     *
     * @param ends for each piece the number of words up to its end
     */
    private static List<String> dropped(List<String> pieces, List<String> words, int[] ends, int kept) {
        List<String> dropped = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < ends.length; i++) {
            if (ends[i] > Math.max(begin, kept)) {
                dropped.add(begin >= kept ? pieces.get(i) : String.join("", words.subList(kept, ends[i])));
            }
            begin = ends[i];
        }
        return dropped;
    }

    /** The units to encode: markers first, then CLIP's words of the cleaned text between them. */
    private static List<String> wordsOf(String piece, PadToken padToken) {
        Pattern markers = padToken == PadToken.EXCLAMATION_MARK ? MARKERS_AND_EXCLAMATION_MARK : MARKERS;
        List<String> words = new ArrayList<>();
        Matcher marker = markers.matcher(piece);
        int start = 0;
        while (marker.find()) {
            addWords(words, piece.substring(start, marker.start()));
            words.add(marker.group());
            start = marker.end();
        }
        addWords(words, piece.substring(start));
        return words;
    }

    private static void addWords(List<String> words, String text) {
        Matcher word = WORD.matcher(TextCleaner.clean(text));
        while (word.find()) {
            words.add(word.group());
        }
    }

    /** The ids of one of the {@link #words(String, PadToken) words} of a text. */
    int[] ids(String word, PadToken padToken) {
        if (word.equals(START_WORD)) {
            return new int[] {START_OF_TEXT};
        }
        if (word.equals(END_WORD)) {
            return new int[] {END_OF_TEXT};
        }
        if (padToken == PadToken.EXCLAMATION_MARK && word.equals(EXCLAMATION_MARK)) {
            return new int[] {padToken.id()};
        }
        return encoder.encode(word.getBytes(StandardCharsets.UTF_8));
    }
}
