package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.torch.HostNumbers;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The prompts as the UNet sees them, one row for each sample.
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

    /** The rows from one number up to, and not including, another. */
    public Conditioning rows(int from, int to) {
        if (to - from == context.getShape().get(0)) {
            return this;
        }
        NDIndex rows = new NDIndex("{}:{}", from, to);
        return new Conditioning(
                context.get(rows),
                pooled == null ? null : pooled.get(rows),
                timeIds == null ? null : timeIds.get(rows));
    }

    /**
     * Repeats every prompt's single row {@code batchSize} times, one prompt after the other.
     *
     * @param scope owns the arrays made here
     * @param prompts at least one, all of one family
     * @param size SDXL's size conditioning of all images; ignored by other families
     */
    public static Conditioning batch(NDManager scope, List<PromptEmbedding> prompts, int batchSize, PictureSize size) {
        NDArray context =
                rows(scope, prompts.stream().map(PromptEmbedding::context).toList(), batchSize);
        if (prompts.get(0).pooled() == null) {
            return new Conditioning(context);
        }
        List<NDArray> pooled = prompts.stream()
                .map(prompt -> Objects.requireNonNull(prompt.pooled(), "prompts of two families"))
                .toList();
        NDArray timeIds = HostNumbers.array(scope, size.timeIds(), new Shape(1, size.timeIds().length));
        return new Conditioning(
                context, rows(scope, pooled, batchSize), rows(scope, List.of(timeIds), prompts.size() * batchSize));
    }

    private static NDArray rows(NDManager scope, List<NDArray> prompts, int batchSize) {
        NDList rows = new NDList();
        prompts.forEach(prompt -> rows.addAll(Collections.nCopies(batchSize, prompt)));
        if (rows.size() == 1) {
            return rows.get(0);
        }
        NDArray all = NDArrays.concat(rows, 0);
        // a concatenation belongs to the owner of its first part, which may live as long as the training
        all.attach(scope);
        return all;
    }
}
