package io.github.txt2lora.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The first of many things, for messages that stay short however many there are. */
public final class FirstFew {

    private static final int MOST = 10;

    private FirstFew() {}

    /** Some words in a row, such as {@code a, b and 4,990 more}. */
    public static String of(Collection<String> words) {
        return of(words, MOST);
    }

    /**
     * Some words in a row, such as {@code a, b and 4,990 more}.
     *
     * @param most words that are named, 1 or more
     */
    public static String of(Collection<String> words, int most) {
        List<String> first = words.stream().limit(most).toList();
        String more = words.size() > most ? " and " + more(words.size() - most) : "";
        return String.join(", ", first) + more;
    }

    /** Some parts of a sentence, such as {@code a; b; and 4,990 more}. */
    public static String of(Collection<String> parts, String separator) {
        List<String> first = new ArrayList<>(parts.stream().limit(MOST).toList());
        if (parts.size() > MOST) {
            first.add("and " + more(parts.size() - MOST));
        }
        return String.join(separator, first);
    }

    /** The number of unnamed ones, for example {@code 4,990 more}. */
    public static String more(int rest) {
        return String.format(Locale.ROOT, "%,d more", rest);
    }
}
