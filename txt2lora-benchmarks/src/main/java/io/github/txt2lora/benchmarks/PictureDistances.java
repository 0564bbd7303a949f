package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.diffusion.Guidance;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.NoiseSource;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.Scheduler;
import io.github.txt2lora.diffusion.SchedulerPresets;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.Vae;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Draws the same seeds with and without a LoRA, and compares the images, in latents and in pixels. */
final class PictureDistances {

    private static final int PICTURES = 8;
    private static final int STEPS = 10;
    private static final double GUIDANCE_SCALE = 5;
    private static final long SEED = 5_000_000;

    private final Torch torch;
    private final UNet unet;
    private final Vae vae;
    private final Map<String, PromptEmbedding> embeddings;
    private final Map<String, Drawn> base = new HashMap<>();

    /**
     * Compares images of a model without conditioning on size.
     *
     * @param embeddings of all prompts, the empty one included
     */
    PictureDistances(Torch torch, UNet unet, Vae vae, Map<String, PromptEmbedding> embeddings) {
        this.torch = torch;
        this.unet = unet;
        this.vae = vae;
        this.embeddings = embeddings;
    }

    /** Images of one prompt as numbers. */
    @SuppressWarnings("ArrayRecordComponent") // never compared by equals
    private record Drawn(float[] latents, float[] pixels) {}

    /**
     * Squared distances, each divided by the one that it would be reasonable to have at most.
     *
     * @param latents in latents
     * @param pixels in pixels, from the decoder
     */
    record Distance(double latents, double pixels) {}

    /** Of the target's images from the positive prompt's; 1 without a LoRA. */
    Distance ofTarget(PromptPair pair) {
        Drawn positive = base(pair.positive(), pair.resolution());
        return quotient(
                distance(draw(pair.target(), pair.resolution(), 1), positive),
                distance(base(pair.target(), pair.resolution()), positive));
    }

    /** Of the neutral prompt's images from what they are without a LoRA. */
    Distance ofNeutral(PromptPair pair) {
        Drawn neutral = base(pair.neutral(), pair.resolution());
        return quotient(
                distance(draw(pair.neutral(), pair.resolution(), 1), neutral),
                distance(base(pair.positive(), pair.resolution()), neutral));
    }

    private static Distance quotient(Distance above, Distance below) {
        return new Distance(above.latents() / below.latents(), above.pixels() / below.pixels());
    }

    private static Distance distance(Drawn first, Drawn second) {
        return new Distance(squared(first.latents(), second.latents()), squared(first.pixels(), second.pixels()));
    }

    private static double squared(float[] first, float[] second) {
        double sum = 0;
        for (int i = 0; i < first.length; i++) {
            double difference = first[i] - second[i];
            sum += difference * difference;
        }
        return sum;
    }

    private Drawn base(String prompt, int resolution) {
        return base.computeIfAbsent(prompt, any -> draw(prompt, resolution, 0));
    }

    private Drawn draw(String prompt, int resolution, double loraStrength) {
        try (NDManager scope = torch.newScope()) {
            Scheduler scheduler = Scheduler.of(
                    SchedulerPresets.stableDiffusion(SchedulerType.DPMPP_2M, STEPS, Parameterization.EPSILON));
            int side = resolution / 8;
            NDArray noise = scope.create(
                    new TorchGenerator(SEED).normal(PICTURES * 4 * side * side), new Shape(PICTURES, 4, side, side));
            List<PromptEmbedding> both =
                    List.of(Objects.requireNonNull(embeddings.get("")), Objects.requireNonNull(embeddings.get(prompt)));
            Conditioning conditioning =
                    Conditioning.batch(scope, both, PICTURES, PictureSize.uncropped(resolution, resolution));
            Guidance guidance = Guidance.of(unet, loraStrength, conditioning, GUIDANCE_SCALE);
            NDArray latents = new GuidedDenoiser(scheduler, guidance, NoiseSource.NONE, StepHook.NONE)
                    .run(scope, STEPS, noise.mul((float) scheduler.initNoiseSigma()));
            NDArray pixels = vae.decode(scope, latents.div((float) vae.scalingFactor()));
            return new Drawn(HostNumbers.floats(latents), HostNumbers.floats(pixels.clip(-1, 1)));
        }
    }
}
