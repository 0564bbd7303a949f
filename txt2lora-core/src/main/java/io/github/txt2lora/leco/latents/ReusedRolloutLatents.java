package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import java.util.ArrayList;
import java.util.List;

/**
 * Several of the latents that a rollout passes at timesteps that are compared, as evenly spread as can be, the last one
 * among them.
 *
 * @param states their number at most
 */
record ReusedRolloutLatents(Rollout rollout, int states) implements NoisyLatents {

    static LatentsPlan plan(LatentSource.ReusedRollout source) {
        return new LatentsPlan(
                (model, spec) -> new ReusedRolloutLatents(
                        new Rollout(model, source.spec(), spec.method().timesteps()), source.states()),
                (steps, pairs) -> steps * (source.spec().steps() + LatentsPlan.TEACHER_PROMPTS * source.states()),
                source.states());
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        Rollout.Run run = rollout.draw(context, pair);
        NDList compared = new NDList();
        List<Double> timesteps = new ArrayList<>();
        run.run(new StepHook() {
            @Override
            public void afterStep(int step, NDArray latents) {
                if (isPicked(step + 1, run.steps()) && run.isCompared(step + 1)) {
                    compared.add(run.compared(latents, step + 1));
                    for (int i = 0; i < pair.batchSize(); i++) {
                        timesteps.add(run.timestep(step + 1));
                    }
                }
            }
        });
        return new NoisyBatch(
                compared.size() == 1 ? compared.get(0) : NDArrays.concat(compared, 0),
                timesteps.stream().mapToDouble(Double::doubleValue).toArray(),
                run.size(),
                null);
    }

    /** Whether a multiple of {@code steps / states} lies between the step before and this one. */
    private boolean isPicked(int step, int steps) {
        return step * states / steps > (step - 1) * states / steps;
    }
}
