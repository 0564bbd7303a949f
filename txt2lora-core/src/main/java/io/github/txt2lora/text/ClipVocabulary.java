package io.github.txt2lora.text;

import io.github.txt2lora.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CLIP's byte-pair vocabulary: the ids of single bytes, and which two neighbours become one token. Immutable.
 *
 * <p>As in CLIP itself, the list of merges defines the ids: 256 bytes within a word, the same at a word's end, then one
 * token per merge in the order in which they were learned. So of two possible merges the one with the smaller id comes
 * first.
 */
final class ClipVocabulary {

    /** Returned for two tokens that do not merge. */
    static final int NO_MERGE = -1;

    private static final String MERGES = "clip/merges.txt";
    private static final String END_OF_WORD = "</w>";
    private static final Pattern WORD = Pattern.compile("([a-z]{3,})" + END_OF_WORD);
    private static final int BYTES = 256;
    private static final int PRINTABLE_BYTES = 188;

    private final int[] byteIds;
    private final Map<Long, Integer> merges;
    private final List<String> words;

    private ClipVocabulary(int[] byteIds, Map<Long, Integer> merges, List<String> words) {
        this.byteIds = byteIds;
        this.merges = merges;
        this.words = List.copyOf(words);
    }

    /**
     * Reads the vocabulary that comes with the library.
     *
     * @throws StorageException if it is missing or damaged
     */
    static ClipVocabulary load() {
        int[] byteIds = new int[BYTES];
        Map<String, Integer> ids = new HashMap<>(1 << 17);
        int id = 0;
        // Printable bytes come first and are written as themselves, the others as the characters from U+0100 on.
        for (boolean printable : new boolean[] {true, false}) {
            for (int value = 0; value < BYTES; value++) {
                if (isPrintable(value) == printable) {
                    String symbol = Character.toString(printable ? value : BYTES + id - PRINTABLE_BYTES);
                    ids.put(symbol, id);
                    ids.put(symbol + END_OF_WORD, BYTES + id);
                    byteIds[value] = id++;
                }
            }
        }
        List<String> words = new ArrayList<>();
        return new ClipVocabulary(byteIds, readMerges(ids, words), words);
    }

    /** The token of a byte (0 to 255) within a word, or at its end. */
    int byteId(int value, boolean endsWord) {
        return endsWord ? BYTES + byteIds[value] : byteIds[value];
    }

    /** The token that two neighbours become, or {@link #NO_MERGE}. */
    int merge(int left, int right) {
        return merges.getOrDefault(pair(left, right), NO_MERGE);
    }

    /** Words of at least three letters from a to z that are one token, the most frequent first. */
    List<String> words() {
        return words;
    }

    /** Adds the merged tokens to the ids, and those that are words to the words. */
    private static Map<Long, Integer> readMerges(Map<String, Integer> ids, List<String> words) {
        Map<Long, Integer> merges = new HashMap<>(1 << 17);
        try (BufferedReader lines = open()) {
            lines.readLine(); // the version of the file format
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                if (space < 0) {
                    throw new IOException("'" + line + "' is not a pair of tokens");
                }
                String left = line.substring(0, space);
                String right = line.substring(space + 1);
                int id = ids.size();
                merges.put(pair(id(ids, left), id(ids, right)), id);
                String merged = left.concat(right);
                ids.put(merged, id);
                Matcher word = WORD.matcher(merged);
                if (word.matches()) {
                    words.add(word.group(1));
                }
            }
        } catch (IOException e) {
            throw new StorageException(
                    "Cannot read " + MERGES + ", CLIP's vocabulary: " + e.getMessage()
                            + ". It is part of this library's jar, which is damaged or was repackaged without it",
                    e);
        }
        return merges;
    }

    private static BufferedReader open() throws IOException {
        InputStream in = ClipVocabulary.class.getResourceAsStream(MERGES);
        if (in == null) {
            throw new IOException("not found beside " + ClipVocabulary.class.getName());
        }
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    private static int id(Map<String, Integer> ids, String token) throws IOException {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IOException("the token '" + token + "' is used before it is defined");
        }
        return id;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private static boolean isPrintable(int value) {
        return (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || (value >= 0xae && value <= 0xff);
    }
}
