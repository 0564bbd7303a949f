package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.HostNumbers;

/**
 * Fails a drawing at the first part with non-finite numbers, which would make the image black.
 *
 * @param request the request that is drawn
 * @param denoiser the network's name
 * @param next is called after the checks
 */
record FiniteDrawing(ImageRequest request, String denoiser, StepHook next) implements StepHook {

    void requireFinite(PromptEmbedding embedding) {
        require(embedding.context(), "a text encoder's output");
        if (embedding.pooled() != null) {
            require(embedding.pooled(), "the text encoder's pooled output");
        }
    }

    void requireFinitePicture(NDArray decoded) {
        require(decoded, "the VAE's image");
    }

    @Override
    public void afterPrediction(int step, NDArray prediction) {
        require(prediction, "the " + denoiser + "'s prediction in step " + (step + 1) + " of " + request.steps());
        next.afterPrediction(step, prediction);
    }

    @Override
    public void afterStep(int step, NDArray latents) {
        next.afterStep(step, latents);
    }

    private void require(NDArray values, String part) {
        try (NDArray sum = values.sum()) {
            if (!Float.isFinite(HostNumbers.scalar(sum))) {
                throw new Txt2LoraException("drawing " + Excerpt.quoted(request.prompt()) + " failed: " + part
                        + " is infinite or not a number at precision "
                        + request.modelUse().precision() + "; " + advice());
            }
        }
    }

    private String advice() {
        return request.modelUse().precision() == Precision.FP32
                ? "the weight of a LoRA may be too high"
                : "use precision FP32";
    }
}
