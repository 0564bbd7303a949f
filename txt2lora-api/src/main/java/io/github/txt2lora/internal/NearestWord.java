package io.github.txt2lora.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what a mistyped word was meant to be. */
public final class NearestWord {

    /** The rest of a longer word says nothing about what was meant. */
    private static final int LONGEST = 60;

    private NearestWord() {}

    /**
     * The candidate that the fewest insertions, deletions and replacements of letters turn the word into.
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

    /** Levenshtein's distance. */
    private static int distance(String from, String to) {
        int[] costs = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            costs[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = costs[0];
            costs[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = costs[j];
                costs[j] = Math.min(replaced, 1 + Math.min(costs[j - 1], costs[j]));
            }
        }
        return costs[to.length()];
    }
}
