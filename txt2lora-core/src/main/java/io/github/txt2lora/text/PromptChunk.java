package io.github.txt2lora.text;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a text encoder reads at once: up to 75 tokens of a prompt, each with its weight.
 */
public final class PromptChunk {

    /** The number of tokens of a prompt that fit, beside the start and the end. */
    public static final int CAPACITY = ClipTokenizer.LENGTH - 2;

    private final List<WeightedToken> tokens;

    /** A token of a prompt and its weight; in place of its embedding, a vector of an embedding where one is given. */
    record WeightedToken(int id, float weight, @Nullable GivenVector vector) {

        WeightedToken(int id, float weight) {
            this(id, weight, null);
        }
    }

    /** One of the vectors of an embedding. */
    record GivenVector(TextualInversion embedding, int index) {

        /** Stands among the ids where a vector is given, as in the web UI. */
        static final int ID = 0;
    }

    PromptChunk(List<WeightedToken> tokens) {
        if (tokens.size() > CAPACITY) {
            throw new IllegalArgumentException(tokens.size() + " tokens; expected at most " + CAPACITY);
        }
        this.tokens = List.copyOf(tokens);
    }

    /** A chunk without words, as of the empty prompt. */
    public static PromptChunk empty() {
        return new PromptChunk(List.of());
    }

    /** {@link ClipTokenizer#LENGTH} ids: start, the tokens, end, padding. */
    public int[] ids(PadToken padToken) {
        int[] ids = new int[ClipTokenizer.LENGTH];
        Arrays.fill(ids, padToken.id());
        ids[0] = ClipTokenizer.START_OF_TEXT;
        for (int i = 0; i < tokens.size(); i++) {
            ids[i + 1] = tokens.get(i).id();
        }
        ids[tokens.size() + 1] = ClipTokenizer.END_OF_TEXT;
        return ids;
    }

    /** The weight of each of the ids; 1 for start, end and padding. */
    public float[] weights() {
        float[] weights = new float[ClipTokenizer.LENGTH];
        Arrays.fill(weights, 1);
        for (int i = 0; i < tokens.size(); i++) {
            weights[i + 1] = tokens.get(i).weight();
        }
        return weights;
    }

    /** Whether a weight differs from 1. */
    public boolean isWeighted() {
        return tokens.stream().anyMatch(token -> token.weight() != 1);
    }

    /** The vectors that replace token embeddings, by their place among the ids. */
    SortedMap<Integer, GivenVector> vectors() {
        SortedMap<Integer, GivenVector> vectors = new TreeMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            GivenVector vector = tokens.get(i).vector();
            if (vector != null) {
                vectors.put(i + 1, vector);
            }
        }
        return vectors;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PromptChunk that && tokens.equals(that.tokens);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode();
    }

    @Override
    public String toString() {
        return "PromptChunk" + tokens;
    }
}
