package io.github.txt2lora.text;

import org.jspecify.annotations.Nullable;

/** The input of one call of a text encoder: 77 token ids, and the weights of their hidden states unless all are 1. */
final class EncoderInput {

    private final int[] ids;
    private final float @Nullable [] weights;

    private EncoderInput(int[] ids, float @Nullable [] weights) {
        this.ids = ids;
        this.weights = weights;
    }

    static EncoderInput of(TokenizedPrompt prompt) {
        return new EncoderInput(prompt.ids(), null);
    }

    static EncoderInput of(PromptChunk chunk, PadToken padToken) {
        return new EncoderInput(chunk.ids(padToken), chunk.isWeighted() ? chunk.weights() : null);
    }

    int[] ids() {
        return ids;
    }

    float @Nullable [] weights() {
        return weights;
    }
}
