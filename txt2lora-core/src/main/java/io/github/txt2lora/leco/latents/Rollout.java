package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.diffusion.Guidance;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.diffusion.NoiseSource;
import io.github.txt2lora.diffusion.Scheduler;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.HostNumbers;
import java.util.stream.IntStream;

/**
 * LECO's rollout: denoising from noise with the target prompt and the LoRA on, for a random number of steps. What it
 * reaches after k of n steps is compared at the timestep number {@code 1000 / n * k} of a schedule of 1000 steps.
 */
final class Rollout {

    /** Predictions are compared on a grid of as many steps. */
    private static final int TRAINING_TIMESTEPS = NoiseProcess.TRAINING_TIMESTEPS;

    private final DenoisingModel model;
    private final RolloutSpec spec;
    private final TimestepRange timesteps;
    private final Scheduler comparison;
    private final double[] comparisonTimesteps;
    private final int[] allowedSteps;

    Rollout(DenoisingModel model, RolloutSpec spec, TimestepRange timesteps) {
        this.model = model;
        this.spec = spec;
        this.timesteps = timesteps;
        this.comparison = scheduler(TRAINING_TIMESTEPS);
        this.comparisonTimesteps = comparison.timesteps();
        this.allowedSteps = allowedSteps();
    }

    private int[] allowedSteps() {
        int[] allowed =
                IntStream.range(1, spec.steps()).filter(this::isComparedAfter).toArray();
        if (allowed.length == 0) {
            throw new InvalidSettingException("timesteps are " + timesteps.minimum() + " to " + timesteps.maximum()
                    + ", but a rollout of at most " + spec.steps()
                    + " steps stops at none of them; expected a wider range or more steps");
        }
        return allowed;
    }

    /** Draws, in LECO's order, how many steps to take, and the noise to begin with. */
    Run draw(StepContext context, PromptPair pair) {
        int steps = allowedSteps[(int) context.generator().randint(0, allowedSteps.length)];
        LatentDraw draw = LatentDraw.next(
                context.generator(),
                pair,
                model.denoiser().latents(),
                model.embeddings().takePictureSize());
        context.observer().onDraw(steps, draw);
        return new Run(context, pair, steps, draw);
    }

    private boolean isComparedAfter(int steps) {
        return timesteps.contains(timestepAfter(steps));
    }

    private double timestepAfter(int steps) {
        return comparisonTimesteps[comparedAt(steps)];
    }

    private int comparedAt(int steps) {
        return steps * TRAINING_TIMESTEPS / spec.steps();
    }

    private Scheduler scheduler(int steps) {
        return model.noiseProcess().rollout(spec.scheduler(), steps);
    }

    /** A rollout that chance has decided on. */
    final class Run {

        private final StepContext context;
        private final PromptPair pair;
        private final int steps;
        private final LatentDraw draw;

        private Run(StepContext context, PromptPair pair, int steps, LatentDraw draw) {
            this.context = context;
            this.pair = pair;
            this.steps = steps;
            this.draw = draw;
        }

        /** The number of steps. */
        int steps() {
            return steps;
        }

        PictureSize size() {
            return draw.size();
        }

        /**
         * Denoises.
         *
         * @return the latents after the last step
         */
        NDArray run(StepHook hook) {
            Scheduler scheduler = scheduler(spec.steps());
            NDArray initial = draw.latents(context.scope()).mul((float) scheduler.initNoiseSigma());
            context.observer().onInitialLatents(initial);
            NoiseSource noise = (owner, shape) ->
                    HostNumbers.array(owner, context.generator().normal(Math.toIntExact(shape.size())), shape);
            Guidance guidance = model.guidance(
                    context.scope(),
                    pair.unconditional(),
                    pair.target(),
                    spec.guidanceScale(),
                    pair.batchSize(),
                    draw.size(),
                    pair.multiplier());
            return new GuidedDenoiser(scheduler, guidance, noise, hook).run(context.scope(), steps, initial);
        }

        /** The latents as the network takes them at the timestep that is compared after so many steps. */
        NDArray compared(NDArray latents, int afterSteps) {
            return comparison.scaleModelInput(latents, comparedAt(afterSteps));
        }

        /** Whether the timestep after so many steps is one of those that are compared. */
        boolean isCompared(int afterSteps) {
            return isComparedAfter(afterSteps);
        }

        /** The timestep that is compared after so many steps. */
        double timestep(int afterSteps) {
            return timestepAfter(afterSteps);
        }
    }
}
