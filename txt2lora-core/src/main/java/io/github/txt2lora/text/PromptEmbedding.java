package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * An encoded prompt.
 *
 * @param context hidden states, [1, tokens, width], float32
 * @param pooled pooled embedding of SDXL, [1, width], float32
 */
public record PromptEmbedding(NDArray context, @Nullable NDArray pooled) {}
