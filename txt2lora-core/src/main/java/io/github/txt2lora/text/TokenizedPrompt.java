package io.github.txt2lora.text;

import io.github.txt2lora.text.PromptChunk.GivenVector;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A prompt as a text encoder reads it: a fixed number of token ids, and the words that found no place in it. */
final class TokenizedPrompt {

    private final int[] ids;
    private final SortedMap<Integer, GivenVector> vectors;
    private final List<String> droppedWords;

    TokenizedPrompt(int[] ids, SortedMap<Integer, GivenVector> vectors, List<String> droppedWords) {
        this.ids = ids.clone();
        this.vectors = Collections.unmodifiableSortedMap(new TreeMap<>(vectors));
        this.droppedWords = List.copyOf(droppedWords);
    }

    /** {@link ClipTokenizer#LENGTH} ids: start, at most 75 of the prompt, end, padding. The array is a copy. */
    public int[] ids() {
        return ids.clone();
    }

    /** The vectors that replace token embeddings, by their place among the ids. */
    SortedMap<Integer, GivenVector> vectors() {
        return vectors;
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
                && vectors.equals(that.vectors)
                && droppedWords.equals(that.droppedWords);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(ids), vectors, droppedWords);
    }

    @Override
    public String toString() {
        return "TokenizedPrompt[ids=" + Arrays.toString(ids) + ", droppedWords=" + droppedWords + "]";
    }
}
