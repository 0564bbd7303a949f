package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import java.util.Arrays;

/**
 * Latents at the end of a rollout; the random numbers are LECO's in LECO's order, so that a run can be replayed against
 * it.
 */
record RolloutLatents(Rollout rollout) implements NoisyLatents {

    /** A rollout makes half of the steps on average, each with guidance. */
    static LatentsPlan plan(LatentSource.Rollout source) {
        return new LatentsPlan(
                (model, spec) -> new RolloutLatents(
                        new Rollout(model, source.spec(), spec.method().timesteps())),
                (steps, pairs) -> steps * (source.spec().steps() + LatentsPlan.TEACHER_PROMPTS),
                1);
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        Rollout.Run run = rollout.draw(context, pair);
        NDArray denoised = run.run(StepHook.NONE);
        double[] timesteps = new double[pair.batchSize()];
        Arrays.fill(timesteps, run.timestep(run.steps()));
        context.observer().onDenoised(denoised, run.timestep(run.steps()));
        return new NoisyBatch(run.compared(denoised, run.steps()), timesteps, run.size(), null);
    }
}
