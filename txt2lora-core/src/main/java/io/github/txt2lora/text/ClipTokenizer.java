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
        for (String piece : TextCleaner.split(text)) {
            for (String word : words(piece, padToken)) {
                Arrays.stream(ids(word, padToken)).forEach(ids);
            }
        }
        ids.add(END_OF_TEXT);
        return ids.build().toArray();
    }

    /**
     * The {@link #LENGTH} ids that a text encoder reads: what exceeds 75 ids is cut off, in the midst of a word if need
     * be, and unused places are padded.
     */
    public TokenizedPrompt tokenize(String text, PadToken padToken) {
        int[] ids = new int[LENGTH];
        Arrays.fill(ids, padToken.id());
        ids[0] = START_OF_TEXT;
        int used = 1;
        List<String> dropped = new ArrayList<>();
        for (String piece : TextCleaner.split(text)) {
            List<String> words = words(piece, padToken);
            int kept = 0;
            while (kept < words.size() && dropped.isEmpty()) {
                int[] wordIds = ids(words.get(kept), padToken);
                int room = LENGTH - 1 - used;
                int fitting = Math.min(wordIds.length, room);
                System.arraycopy(wordIds, 0, ids, used, fitting);
                used += fitting;
                if (fitting < wordIds.length) {
                    break;
                }
                kept++;
            }
            if (kept < words.size()) {
                dropped.add(kept == 0 ? piece : String.join("", words.subList(kept, words.size())));
            }
        }
        ids[used] = END_OF_TEXT;
        return new TokenizedPrompt(ids, dropped);
    }

    /** The units to encode: markers first, then CLIP's words of the cleaned text between them. */
    private static List<String> words(String piece, PadToken padToken) {
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

    private int[] ids(String word, PadToken padToken) {
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
