package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Derives a learning rate from the loss and its gradient where a training begins. Adam's first step changes each
 * parameter by the learning rate, so to first order it lowers the loss by {@code rate |g|_1}. The rate is the one that
 * would lower it by a certain share, {@code rate = share * loss / |g|_1}: Polyak's step size, for steps by the sign of
 * the gradient. Model, rank, alpha and layers all scale the gradient, and so the rate. The norms of single comparisons
 * are averaged, not the gradients: those of several characters would cancel each other.
 *
 * <p>At the beginning only the up matrices have a gradient, so this rate is theirs. The down matrices have values of a
 * known size, and go steps of a certain share of it. So the size of alpha changes nothing (compare Hayou et al., "LoRA+",
 * arXiv 2402.12354, who also found that the two kinds of matrices want rates of their own).
 *
 * <p>A LoRA that goes on from another one has gradients for both. Only the up matrices count there, and a down matrix
 * goes no larger share of its size than its up matrix does. Where there is little left to learn, this rate hardly moves
 * what was learned, and the rate of the same LoRA with up matrices of zero makes it worse before it gets better, so the
 * geometric mean of both is taken, at most the latter (docs/method.md).
 */
public final class LearningRateFinder {

    /** The share of the loss that the first step would take (docs/method.md). */
    private static final double SHARE = 0.06;

    /** The step of a down matrix, as a share of the size of its first values. */
    private static final double DOWN_SHARE = 0.1;

    /** Comparisons that are averaged. */
    public static final int COMPARISONS = 12;

    /** Far from the seeds of trainings, whose random streams this leaves alone. */
    private static final long SEED = 9_000_000;

    /** Lion, which steps by the sign throughout, takes a smaller rate than Adam (Chen et al., arXiv 2302.06675). */
    private static final double LION_FACTOR = 1 / 3.0;

    /** Prodigy estimates its step size itself. */
    private static final double PRODIGY_RATE = 1;

    /** Adafactor scales steps by the parameters, so the rate is a share of them. */
    private static final double RELATIVE_RATE = 0.05;

    private final Torch torch;
    private final IntFunction<LecoStep> steps;

    /**
     * A finder.
     *
     * @param steps for the number of a comparison, from 0, the step to make it with, to whose network the LoRA is
     *     attached
     */
    LearningRateFinder(Torch torch, IntFunction<LecoStep> steps) {
        this.torch = torch;
        this.steps = steps;
    }

    /**
     * The rate; a training that has nothing to learn gets some rate.
     *
     * @param lora the one that is attached; as before afterwards
     * @param goesOn whether it goes on from another one
     */
    double find(OptimizerSpec optimizer, LoraParameters lora, boolean goesOn) {
        if (optimizer instanceof OptimizerSpec.Prodigy) {
            return PRODIGY_RATE;
        } else if (optimizer instanceof OptimizerSpec.Adafactor adafactor && adafactor.scaleParameter()) {
            return RELATIVE_RATE;
        }
        if (!goesOn) {
            return rate(optimizer, gradient -> {});
        }
        try (NDManager scope = torch.newScope()) {
            NDArray ups = HostNumbers.vector(scope, onlyUps(lora));
            double rate = rate(optimizer, stepsBySign(optimizer) ? gradient -> gradient.muli(ups) : gradient -> {});
            NDArray before = lora.vector().duplicate();
            before.attach(scope);
            try {
                lora.vector().subi(before.mul(ups));
                double rateFromZero = rate(optimizer, gradient -> {});
                return Math.min(rateFromZero, Math.sqrt(rateFromZero * rate));
            } finally {
                lora.vector().muli(0).addi(before);
            }
        }
    }

    /** 1 for numbers of up matrices, 0 for those of down matrices. */
    private static float[] onlyUps(LoraParameters lora) {
        float[] ups = new float[Math.toIntExact(lora.vector().size())];
        lora.slots().forEach(slot -> Arrays.fill(ups, slot.upOffset(), slot.upOffset() + slot.upSize(), 1));
        return ups;
    }

    private double rate(OptimizerSpec optimizer, Consumer<NDArray> selection) {
        var generator = new TorchGenerator(SEED);
        double loss = 0;
        double decrease = 0;
        for (int i = 0; i < COMPARISONS; i++) {
            try (NDManager scope = torch.newScope()) {
                LecoStep step = steps.apply(i);
                var context = new StepContext(scope, generator, StepObserver.NONE);
                LoraGradient result = step.compare(context, step.prepare(context));
                loss += result.loss();
                selection.accept(result.gradient());
                decrease += decrease(optimizer, result.gradient());
            }
        }
        double rate = SHARE * loss / decrease;
        return Double.isFinite(rate) && rate > 0 ? rate : RELATIVE_RATE;
    }

    /**
     * The sizes of a module's matrices before the first iteration, as the root of the mean square.
     *
     * @param down of the down matrix
     * @param up of the up matrix, 0 for one that is zero
     */
    record FirstSizes(double down, double up) {

        /** Those of each module of a LoRA that goes on from another one. */
        static List<FirstSizes> of(LoraParameters lora) {
            float[] values = HostNumbers.floats(lora.vector());
            return lora.slots().stream()
                    .map(slot -> new FirstSizes(
                            size(values, slot.downOffset(), slot.downSize()),
                            size(values, slot.upOffset(), slot.upSize())))
                    .toList();
        }

        /** Those of a LoRA that changes nothing, whose down matrices are uniform within 1 / sqrt(fan in). */
        static List<FirstSizes> ofNew(LoraParameters lora) {
            return lora.slots().stream()
                    .map(slot -> new FirstSizes(
                            1 / Math.sqrt(3.0 * slot.module().shape().fanIn()), 0))
                    .toList();
        }

        private static double size(float[] values, int offset, int count) {
            double sum = 0;
            for (int i = offset; i < offset + count; i++) {
                sum += (double) values[i] * values[i];
            }
            return Math.sqrt(sum / count);
        }

        /** The step of the down matrix as a share of a step of the rate. */
        double downShare(double rate) {
            double share = up == 0 ? DOWN_SHARE : Math.min(DOWN_SHARE, rate / up);
            return share * down / rate;
        }
    }

    /**
     * The share that each parameter goes of a step of the full rate; empty where all go the whole step.
     *
     * @param sizes of the modules in the order of the slots
     * @param rate the full one
     */
    static Optional<float[]> stepShares(
            OptimizerSpec optimizer, LoraParameters lora, List<FirstSizes> sizes, double rate) {
        if (!stepsBySign(optimizer)) {
            return Optional.empty();
        }
        float[] shares = new float[Math.toIntExact(lora.vector().size())];
        Arrays.fill(shares, 1);
        for (int i = 0; i < sizes.size(); i++) {
            LoraParameters.Slot slot = lora.slots().get(i);
            float share = (float) sizes.get(i).downShare(rate);
            Arrays.fill(shares, slot.downOffset(), slot.downOffset() + slot.downSize(), share);
        }
        return Optional.of(shares);
    }

    /** Whether the size of a step hardly depends on the size of the gradient. */
    private static boolean stepsBySign(OptimizerSpec optimizer) {
        return optimizer instanceof OptimizerSpec.Muon
                || optimizer instanceof OptimizerSpec.Adam
                || optimizer instanceof OptimizerSpec.AdamW
                || optimizer instanceof OptimizerSpec.Lion
                || (optimizer instanceof OptimizerSpec.Adafactor adafactor && !adafactor.scaleParameter());
    }

    /** The decrease of the loss by a step along this gradient, to first order, with a rate of 1. */
    private static double decrease(OptimizerSpec optimizer, NDArray gradient) {
        if (optimizer instanceof OptimizerSpec.Sgd) {
            return HostNumbers.scalar(gradient.square().sum());
        }
        double norm = HostNumbers.scalar(gradient.abs().sum());
        return optimizer instanceof OptimizerSpec.Lion ? norm / LION_FACTOR : norm;
    }
}
