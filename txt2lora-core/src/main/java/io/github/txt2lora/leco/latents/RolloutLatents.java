package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import java.util.Arrays;

/**
 * Latents at the end of a rollout; the random numbers are LECO's in LECO's order, so that a run can be replayed against
 * it.
 */
record RolloutLatents(Rollout rollout) implements NoisyLatents {

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
