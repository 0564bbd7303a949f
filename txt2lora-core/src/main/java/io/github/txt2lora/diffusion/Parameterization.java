package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The noise process of <a href="https://arxiv.org/abs/2006.11239">Denoising Diffusion Probabilistic Models</a> over
 * 1000 timesteps, with what the network predicts and down to which signal-to-noise ratio it was trained.
 *
 * @param predictionType noise or velocity
 * @param zeroTerminalSnr whether the noise schedule ends at pure noise; only with
 *     {@link PredictedQuantity#V_PREDICTION}, since noise says nothing about the image there
 */
public record Parameterization(PredictedQuantity predictionType, boolean zeroTerminalSnr) implements NoiseProcess {

    private static final NoiseSchedule USUAL = NoiseSchedule.stableDiffusion();
    private static final NoiseSchedule RESCALED = USUAL.rescaledToZeroTerminalSnr();

    /** Noise, with some signal left at the end: SD 1.x, SD 2.x base, SDXL. */
    public static final Parameterization EPSILON = new Parameterization(PredictedQuantity.EPSILON, false);

    /** Checks that the two fit together. */
    public Parameterization {
        if (zeroTerminalSnr && predictionType == PredictedQuantity.EPSILON) {
            throw new InvalidSettingException(
                    "A model of zero terminal SNR cannot predict epsilon; found both, expected v-prediction. "
                            + "Correct the prediction type or switch zero terminal SNR off");
        }
    }

    /**
     * That of a checkpoint: what it says of itself, else what the user says, else noise.
     *
     * @param warnings is told where the user is contradicted and where the last is a guess
     * @throws InvalidSettingException if the result would be zero terminal SNR with epsilon
     */
    public static Parameterization of(
            Checkpoint checkpoint, PredictionType prediction, TerminalSnr terminalSnr, Consumer<String> warnings) {
        boolean zero = zeroTerminalSnr(checkpoint, terminalSnr, warnings);
        return new Parameterization(predictionType(checkpoint, prediction, zero, warnings), zero);
    }

    private NoiseSchedule schedule() {
        return zeroTerminalSnr ? RESCALED : USUAL;
    }

    @Override
    public Scheduler rollout(SchedulerType scheduler, int steps) {
        return Scheduler.of(SchedulerPresets.leco(scheduler, steps, this));
    }

    @Override
    public Scheduler drawing(SchedulerType scheduler, int steps) {
        return Scheduler.of(SchedulerPresets.stableDiffusion(scheduler, steps, this));
    }

    /** Those of DPM-Solver++ 2M (Lu et al., arXiv 2211.01095). */
    @Override
    public Scheduler fewSteps(int steps) {
        return drawing(SchedulerType.DPMPP_2M, steps);
    }

    @Override
    public Scheduler downTo(int timestep, int steps) {
        return DpmSolverPlusPlusScheduler.downTo(timestep, steps, this);
    }

    @Override
    public NDArray addNoise(NDArray original, NDArray noise, double[] timesteps) {
        return schedule().addNoise(original, noise, whole(timesteps));
    }

    @Override
    public NDArray perfectPrediction(NDArray original, NDArray noise, double[] timesteps) {
        return predictsVelocity() ? schedule().velocity(original, noise, whole(timesteps)) : noise.duplicate();
    }

    private static int[] whole(double[] timesteps) {
        return Arrays.stream(timesteps).mapToInt(timestep -> (int) timestep).toArray();
    }

    @Override
    public double minSnrWeight(double timestep, double gamma) {
        return schedule().minSnrWeight((int) Math.round(timestep), gamma, predictionType);
    }

    @Override
    public boolean predictsVelocity() {
        return predictionType == PredictedQuantity.V_PREDICTION;
    }

    private static boolean zeroTerminalSnr(Checkpoint checkpoint, TerminalSnr terminalSnr, Consumer<String> warnings) {
        Boolean wanted = wanted(terminalSnr);
        Boolean found = checkpoint.zeroTerminalSnr().orElse(null);
        if (wanted != null && found != null && !wanted.equals(found)) {
            warnings.accept("terminalSnr is set to " + terminalSnr + ", but " + checkpoint.path() + " says "
                    + (found ? TerminalSnr.ZERO : TerminalSnr.ABOVE_ZERO) + ", which is used");
        }
        return found != null ? found : wanted != null && wanted;
    }

    private static PredictedQuantity predictionType(
            Checkpoint checkpoint, PredictionType prediction, boolean zeroTerminalSnr, Consumer<String> warnings) {
        PredictedQuantity wanted = wanted(prediction);
        PredictedQuantity found = checkpoint
                .vPrediction()
                .map(velocity -> velocity ? PredictedQuantity.V_PREDICTION : PredictedQuantity.EPSILON)
                .orElse(null);
        if (found != null) {
            if (wanted != null && wanted != found) {
                warnings.accept("prediction is set to " + wanted + ", but " + checkpoint.path() + " says " + found
                        + ", which is used");
            }
            return found;
        }
        if (wanted != null) {
            return wanted;
        }
        if (zeroTerminalSnr) {
            warnings.accept(checkpoint.path() + " does not say what it predicts; assumed V_PREDICTION, the only choice"
                    + " with zero terminal SNR. Set prediction to be sure");
            return PredictedQuantity.V_PREDICTION;
        }
        return PredictedQuantity.EPSILON;
    }

    private static @Nullable PredictedQuantity wanted(PredictionType prediction) {
        return switch (prediction) {
            case FROM_MODEL -> null;
            case EPSILON -> PredictedQuantity.EPSILON;
            case V_PREDICTION -> PredictedQuantity.V_PREDICTION;
        };
    }

    private static @Nullable Boolean wanted(TerminalSnr terminalSnr) {
        return switch (terminalSnr) {
            case FROM_MODEL -> null;
            case ABOVE_ZERO -> false;
            case ZERO -> true;
        };
    }
}
