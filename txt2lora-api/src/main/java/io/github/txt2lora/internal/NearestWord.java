package io.github.txt2lora.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds what a mistyped word was meant to be. */
public final class NearestWord {

    /** The rest of a longer word says nothing about the meant word. */
    private static final int LONGEST = 60;

    private NearestWord() {}

    /**
     * The candidate that the fewest insertions, deletions, replacements and swaps of letters turn the word into.
     *
     * @param candidates at least one
     */
    public static String to(String word, Collection<String> candidates) {
        String typed = word.substring(0, Math.min(word.length(), LONGEST));
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> distance(typed, candidate)))
                .orElseThrow();
    }

    /** The same, if so few letters differ that it can be a slip: one in three, at least one. */
    public static Optional<String> closeTo(String word, Collection<String> candidates) {
        if (candidates.isEmpty() || word.length() > LONGEST) {
            return Optional.empty();
        }
        String nearest = to(word, candidates);
        int most = Math.max(1, Math.min(word.length(), nearest.length()) / 3);
        return Optional.of(nearest).filter(candidate -> distance(word, candidate) <= most);
    }

    /** Levenshtein's distance, in which two letters that have changed places count once. */
    private static int distance(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int[] costs = new int[to.length() + 1];
            costs[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                costs[j] = Math.min(replaced, 1 + Math.min(costs[j - 1], last[j]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    costs[j] = Math.min(costs[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = costs;
        }
        return last[to.length()];
    }
}
