package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.Precision;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.Guidance;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.Torch;
import java.util.List;
import java.util.SortedMap;

/**
 * A base model as a training uses it.
 *
 * @param torch where it is
 * @param denoiser the network; the training attaches its LoRA to it
 * @param embeddings of all prompts that are used
 * @param noiseProcess that it was trained with
 * @param identity tells this model with these settings from all others; see {@link #identity(Torch, String, Precision,
 *     int, SortedMap)}
 * @param cache latents and predictions for later trainings
 */
public record DenoisingModel(
        Torch torch,
        Denoiser denoiser,
        PromptEmbeddings embeddings,
        NoiseProcess noiseProcess,
        String identity,
        LatentCache cache) {

    /**
     * The identity of a model with all that decides on the bits of its predictions, so that what is kept for later is
     * the same as what would be computed.
     *
     * @param sha256 of its files
     * @param embeddings digests of the embeddings that prompts name
     */
    public static String identity(
            Torch torch, String sha256, Precision precision, int clipSkip, SortedMap<String, String> embeddings) {
        String named = embeddings.isEmpty() ? "" : "embeddings " + Sha256.of(embeddings.toString()) + "/";
        return sha256 + "/" + precision + "/clip skip " + clipSkip + "/" + named
                + torch.device().getDeviceType() + (torch.usesTf32() ? "/TF32/" : "/") + torch.threads()
                + " threads/PyTorch " + torch.version();
    }

    /** The same model with other embeddings. */
    public DenoisingModel with(PromptEmbeddings others) {
        return new DenoisingModel(torch, denoiser, others, noiseProcess, identity, cache);
    }

    /**
     * The guidance that a rollout from noise to a prompt follows.
     *
     * @param unconditional the prompt that guidance leads away from
     * @param loraStrength multiplies the LoRA that is attached to the network; 0 turns it off
     */
    Guidance guidance(
            NDManager scope,
            String unconditional,
            String prompt,
            double scale,
            int batchSize,
            PictureSize size,
            double loraStrength) {
        // u + s (c - u) is c where s is 1 or both prompts are the same
        if (scale == 1 || prompt.equals(unconditional)) {
            return Guidance.none(denoiser, loraStrength, embeddings.batch(scope, List.of(prompt), batchSize, size));
        }
        Conditioning both = embeddings.batch(scope, List.of(unconditional, prompt), batchSize, size);
        return Guidance.of(denoiser, loraStrength, both, scale);
    }
}
