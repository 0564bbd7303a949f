package io.github.txt2lora.text;

import java.util.Arrays;
import java.util.List;

/** A prompt as a text encoder reads it: a fixed number of token ids, and the words that found no place in it. */
final class TokenizedPrompt {

    private final int[] ids;
    private final List<String> droppedWords;

    TokenizedPrompt(int[] ids, List<String> droppedWords) {
        this.ids = ids.clone();
        this.droppedWords = List.copyOf(droppedWords);
    }

    /** {@link ClipTokenizer#LENGTH} ids: start, at most 75 of the prompt, end, padding. The array is a copy. */
    public int[] ids() {
        return ids.clone();
    }

    /**
     * The words that did not fit, in order; empty when the whole prompt did. Words are what whitespace separates in
     * the prompt, as they were written. Of a word that is kept in part, its rest is given in lower case.
     */
    public List<String> droppedWords() {
        return droppedWords;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenizedPrompt that
                && Arrays.equals(ids, that.ids)
                && droppedWords.equals(that.droppedWords);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + droppedWords.hashCode();
    }

    @Override
    public String toString() {
        return "TokenizedPrompt[ids=" + Arrays.toString(ids) + ", droppedWords=" + droppedWords + "]";
    }
}
