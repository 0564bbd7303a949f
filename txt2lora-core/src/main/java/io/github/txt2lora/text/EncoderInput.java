package io.github.txt2lora.text;

import io.github.txt2lora.text.PromptChunk.GivenVector;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The input of one call of a text encoder: 77 token ids, and the weights of their hidden states unless all are 1. */
final class EncoderInput {

    private final int[] ids;
    private final float @Nullable [] weights;
    private final SortedMap<Integer, GivenVector> vectors;

    private EncoderInput(int[] ids, float @Nullable [] weights, SortedMap<Integer, GivenVector> vectors) {
        this.ids = ids;
        this.weights = weights;
        this.vectors = vectors;
    }

    static EncoderInput of(TokenizedPrompt prompt) {
        return new EncoderInput(prompt.ids(), null, prompt.vectors());
    }

    static EncoderInput of(PromptChunk chunk, PadToken padToken) {
        return new EncoderInput(chunk.ids(padToken), chunk.isWeighted() ? chunk.weights() : null, chunk.vectors());
    }

    int[] ids() {
        return ids;
    }

    float @Nullable [] weights() {
        return weights;
    }

    /** The vectors that replace token embeddings, by their place among the ids. */
    SortedMap<Integer, GivenVector> vectors() {
        return vectors;
    }
}
