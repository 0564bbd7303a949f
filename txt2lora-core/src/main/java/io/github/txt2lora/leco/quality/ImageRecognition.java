package io.github.txt2lora.leco.quality;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.diffusion.Guidance;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.NoiseSource;
import io.github.txt2lora.diffusion.Scheduler;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Arrays;
import java.util.List;

/**
 * Draws latents of images with the LoRA, and asks the base model what they show, see {@link LoraQuality.Recognition}.
 * Noise to begin with and noise that covers the images are the same for all trainings.
 */
public final class ImageRecognition {

    private static final int STEPS = 8;
    private static final double GUIDANCE_SCALE = 5;

    /** Where the errors of both prompts are compared; closer ones agree no better with what images show. */
    private static final int[] TIMESTEPS = {350, 550, 750};

    /** Drawn at once: as many as trajectories, which take as much memory. */
    private static final int TOGETHER = 4;

    private static final int WITH_GUIDANCE = 2;
    private static final int PROMPTS = 2;
    private static final double LORA_OFF = 0;

    /** Images are guided away from the empty prompt, whatever a pair compares its positive prompt with. */
    private static final String UNCONDITIONAL = "";

    /** Far from the seeds of trainings. */
    private static final long SEED = 20_000_000;

    private static final long COVER_SEED = 30_000_000;

    private final DenoisingModel model;

    ImageRecognition(DenoisingModel model) {
        this.model = model;
    }

    /** Evaluations of the network for so many images of one target. */
    public static double evaluations(int images) {
        return (double) images * (STEPS * WITH_GUIDANCE + TIMESTEPS.length * PROMPTS);
    }

    /** The share of images in which the base model recognizes a pair's target. */
    double share(PromptPair pair, int images) {
        int recognized = 0;
        for (int first = 0; first < images; first += TOGETHER) {
            int together = Math.min(TOGETHER, images - first);
            recognized += recognized(pair, first, together);
        }
        return (double) recognized / images;
    }

    private int recognized(PromptPair pair, int first, int together) {
        PictureSize size = PictureSize.uncropped(pair.height(), pair.width());
        float[] advantages = new float[together];
        try (NDManager scope = model.torch().newScope()) {
            NDArray image = draw(scope, pair, size, first, together);
            for (int place = 0; place < TIMESTEPS.length; place++) {
                try (NDManager step = model.torch().newScope()) {
                    NDArray cover = noise(step, size, COVER_SEED + (long) TIMESTEPS.length * first + place, together);
                    float[] advantage = advantage(step, pair, size, image, cover, TIMESTEPS[place]);
                    for (int i = 0; i < together; i++) {
                        advantages[i] += advantage[i];
                    }
                }
            }
        }
        int recognized = 0;
        for (float advantage : advantages) {
            recognized += advantage > 0 ? 1 : 0;
        }
        return recognized;
    }

    private NDArray draw(NDManager scope, PromptPair pair, PictureSize size, int first, int together) {
        Scheduler scheduler = model.noiseProcess().fewSteps(STEPS);
        // one prompt after the other, since both at once would take more memory than a step of the training
        Guidance guidance = (at, input, timestep) -> {
            NDArray unconditional = predict(at, input, timestep, UNCONDITIONAL, size, pair.multiplier());
            NDArray conditional = predict(at, input, timestep, pair.target(), size, pair.multiplier());
            return Guidance.guided(
                    unconditional, unconditional, conditional, difference -> difference.mul((float) GUIDANCE_SCALE));
        };
        NDArray noise = noise(scope, size, SEED + first, together);
        return new GuidedDenoiser(scheduler, guidance, NoiseSource.NONE, StepHook.NONE)
                .run(scope, STEPS, noise.mul((float) scheduler.initNoiseSigma()));
    }

    /** How much larger the neutral prompt's squared error is than the positive one's, for each image. */
    private float[] advantage(
            NDManager scope, PromptPair pair, PictureSize size, NDArray image, NDArray noise, double timestep) {
        double[] timesteps = new double[(int) image.getShape().get(0)];
        Arrays.fill(timesteps, timestep);
        NDArray covered = model.noiseProcess().addNoise(image, noise, timesteps);
        NDArray perfect = model.noiseProcess().perfectPrediction(image, noise, timesteps);
        NDArray positive = predict(scope, covered, timestep, pair.positive(), size, LORA_OFF);
        NDArray neutral = predict(scope, covered, timestep, pair.neutral(), size, LORA_OFF);
        return HostNumbers.floats(neutral.sub(perfect)
                .square()
                .sub(positive.sub(perfect).square())
                .reshape(timesteps.length, -1)
                .sum(new int[] {1}));
    }

    private NDArray predict(
            NDManager scope, NDArray latents, double timestep, String prompt, PictureSize size, double loraStrength) {
        int together = (int) latents.getShape().get(0);
        return model.denoiser()
                .predict(
                        scope,
                        latents,
                        timestep,
                        model.embeddings().batch(scope, List.of(prompt), together, size),
                        loraStrength);
    }

    private NDArray noise(NDManager scope, PictureSize size, long seed, int together) {
        LatentSpace space = model.denoiser().latents();
        float[] noise =
                new TorchGenerator(seed).normal(Math.toIntExact(together * space.size(size.height(), size.width())));
        return HostNumbers.array(
                scope,
                noise,
                new Shape(together, space.channels(), size.height() / space.factor(), size.width() / space.factor()));
    }
}
