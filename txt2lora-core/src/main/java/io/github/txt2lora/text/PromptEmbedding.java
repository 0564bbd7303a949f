package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;

/**
 * An encoded prompt.
 *
 * @param context hidden states, of SDXL those of both text encoders side by side, [1, tokens, width], float32
 * @param pooled pooled and projected embedding of SDXL's second text encoder, [1, width], float32
 */
public record PromptEmbedding(NDArray context, @Nullable NDArray pooled) {

    /** Zeros of the same shapes, with the same owner. */
    public PromptEmbedding zeros() {
        return new PromptEmbedding(context.zerosLike(), pooled == null ? null : pooled.zerosLike());
    }

    /** Makes the scope the owner of the arrays. */
    void attachTo(NDManager scope) {
        context.attach(scope);
        if (pooled != null) {
            pooled.attach(scope);
        }
    }
}
