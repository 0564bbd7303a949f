package io.github.txt2lora.proof;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a model on a device, in one precision. Input and output are in memory of the host, so that every
 * device gets the same.
 */
record Networks(Torch torch, SmallModel model, Precision precision) {

    private static final String PROMPT = "1girl, short hair, maid uniform, black rimmed glasses, cat ears, black hair";
    private static final double TIMESTEP = 500;
    private static final int SEED = 1;

    /** A prompt's embedding, as numbers. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Embedding(
            float[] context,
            Shape shape,
            float @Nullable [] pooled,
            @Nullable Shape pooledShape) {

        private PromptEmbedding in(NDManager scope) {
            return new PromptEmbedding(
                    HostNumbers.array(scope, context, shape),
                    pooled == null || pooledShape == null ? null : HostNumbers.array(scope, pooled, pooledShape));
        }
    }

    /** What the text encoders make of a prompt. */
    Embedding encode() {
        try (NDManager scope = torch.newScope()) {
            PromptEmbedding embedding = model.profile()
                    .promptEncoder(torch, model.checkpoint(), model.tokenizer(), precision, 1)
                    .encode(PROMPT, scope, warning -> {});
            NDArray pooled = embedding.pooled();
            return new Embedding(
                    HostNumbers.floats(embedding.context()),
                    embedding.context().getShape(),
                    pooled == null ? null : HostNumbers.floats(pooled),
                    pooled == null ? null : pooled.getShape());
        }
    }

    /** The denoiser's prediction for a prompt. */
    float[] predict(Embedding embedding) {
        try (NDManager scope = torch.newScope();
                Denoiser denoiser = model.profile().loadDenoiser(torch, model.checkpoint(), precision)) {
            Conditioning conditioning = Conditioning.batch(
                    scope, List.of(embedding.in(scope)), 1, PictureSize.uncropped(SmallModel.SIDE, SmallModel.SIDE));
            return HostNumbers.floats(denoiser.predict(scope, latents(scope), TIMESTEP, conditioning, 1));
        }
    }

    /** The image that the decoder makes of latents. */
    float[] decode() {
        try (NDManager scope = torch.newScope();
                ImageDecoder decoder = model.profile().loadDecoder(torch, model.checkpoint(), precision)) {
            return HostNumbers.floats(decoder.decodeLatents(scope, latents(scope)));
        }
    }

    private NDArray latents(NDManager scope) {
        LatentSpace latents = model.checkpoint().family().latents();
        int side = SmallModel.SIDE / latents.factor();
        var shape = new Shape(1, latents.channels(), side, side);
        return HostNumbers.array(scope, new TorchGenerator(SEED).normal(Math.toIntExact(shape.size())), shape);
    }
}
