package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.diffusion.Guidance;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.NoiseSource;
import io.github.txt2lora.diffusion.Scheduler;
import java.util.Arrays;

/**
 * Rollouts of a fixed number of steps that add no noise, target prompt and LoRA on, evenly spread down to the timestep
 * that was drawn.
 */
final class ShortRolloutLatents implements NoisyLatents {

    private final DenoisingModel model;
    private final double guidanceScale;
    private final TimestepRange timesteps;
    private final int steps;

    static LatentsPlan plan(LatentSource.ShortRollout source) {
        return new LatentsPlan(
                (model, spec) ->
                        new ShortRolloutLatents(model, source, spec.method().timesteps()),
                (steps, pairs) -> steps * (source.steps() * LatentsPlan.WITH_GUIDANCE + LatentsPlan.TEACHER_PROMPTS),
                1);
    }

    private ShortRolloutLatents(DenoisingModel model, LatentSource.ShortRollout rollout, TimestepRange timesteps) {
        this.model = model;
        this.guidanceScale = rollout.guidanceScale();
        this.timesteps = timesteps;
        this.steps = rollout.steps();
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        int timestep = (int) context.generator().randint(timesteps.minimum(), timesteps.maximum() + 1L);
        LatentDraw draw = LatentDraw.next(
                context.generator(),
                pair,
                model.denoiser().latents(),
                model.embeddings().takePictureSize());
        Scheduler scheduler = model.noiseProcess().downTo(timestep, steps);
        NDArray initial = draw.latents(context.scope()).mul((float) scheduler.initNoiseSigma());
        Guidance guidance = model.guidance(
                context.scope(),
                pair.unconditional(),
                pair.target(),
                guidanceScale,
                pair.batchSize(),
                draw.size(),
                pair.multiplier());
        NDArray denoised = new GuidedDenoiser(scheduler, guidance, NoiseSource.NONE, StepHook.NONE)
                .run(context.scope(), steps, initial);
        double[] reached = new double[pair.batchSize()];
        Arrays.fill(reached, timestep);
        return new NoisyBatch(scheduler.scaleModelInput(denoised, steps), reached, draw.size(), null);
    }
}
