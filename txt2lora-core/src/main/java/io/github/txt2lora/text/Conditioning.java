package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the UNet is told of the prompts, one row per sample.
 *
 * @param context hidden states of the text encoder, [batch, tokens, width]
 * @param pooled pooled embedding of SDXL, [batch, width]
 * @param timeIds original size, crop corner and target size of SDXL, [batch, 6]
 */
public record Conditioning(
        NDArray context, @Nullable NDArray pooled, @Nullable NDArray timeIds) {

    /** Conditioning of SD 1.x and 2.x. */
    public Conditioning(NDArray context) {
        this(context, null, null);
    }

    /** Repeats every prompt's single row {@code batchSize} times, one prompt after the other. */
    public static Conditioning batch(List<PromptEmbedding> prompts, int batchSize) {
        NDList rows = new NDList();
        for (PromptEmbedding prompt : prompts) {
            for (int i = 0; i < batchSize; i++) {
                rows.add(prompt.context());
            }
        }
        return new Conditioning(rows.size() == 1 ? rows.get(0) : NDArrays.concat(rows, 0));
    }
}
