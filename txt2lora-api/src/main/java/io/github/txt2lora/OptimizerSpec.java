package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.OptionalDouble;

/**
 * The optimizer and its own settings. The learning rate comes from {@link TrainingSpec#learningRate()} and
 * {@link TrainingSpec#learningRateSchedule()}. The factories use the defaults of the libraries that LECO uses: PyTorch,
 * lion-pytorch, prodigyopt and transformers.
 */
public sealed interface OptimizerSpec {

    /** {@link Muon} with PyTorch's momentum of 0.95, Nesterov's, and no weight decay, where PyTorch has 0.1. */
    static Muon muon() {
        return new Muon(0.95, true, 0);
    }

    /** {@link AdamW} with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8, weight decay 0.01. */
    static AdamW adamW() {
        return new AdamW(0.9, 0.999, 1e-8, 1e-2);
    }

    /** {@link Adam} with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8, no weight decay. */
    static Adam adam() {
        return new Adam(0.9, 0.999, 1e-8, 0);
    }

    /** {@link Lion} with lion-pytorch's defaults: betas 0.9 and 0.99, no weight decay. */
    static Lion lion() {
        return new Lion(0.9, 0.99, 0);
    }

    /** {@link Prodigy} with prodigyopt's defaults; meant for a learning rate of 1. */
    static Prodigy prodigy() {
        return new Prodigy(
                0.9, 0.999, OptionalDouble.empty(), 1e-8, 0, false, false, 1e-6, 1.0, Double.POSITIVE_INFINITY);
    }

    /** {@link Adafactor} with transformers' defaults and an external learning rate. */
    static Adafactor adafactor() {
        return new Adafactor(1e-30, 1e-3, 1.0, -0.8, OptionalDouble.empty(), 0, false);
    }

    /** {@link Sgd} with PyTorch's defaults: no momentum, no weight decay. */
    static Sgd sgd() {
        return new Sgd(0, 0, false);
    }

    /**
     * Muon: each matrix goes a step along its momentum whose singular values are nearly equal (Jordan et al., 2024), so
     * that a detail with a small gradient is learned as fast as what has a large one. Steps are as large as those of
     * {@link AdamW} in the mean, 0.2 times the learning rate for each number (Liu et al., arXiv 2502.16982;
     * {@code match_rms_adamw} in PyTorch), so learning rates for AdamW hold.
     *
     * @param momentum decay rate of the mean of gradients, 0 to below 1
     * @param nesterov whether to use Nesterov momentum; requires a momentum greater than 0
     * @param weightDecay decoupled weight decay: each step subtracts {@code learningRate * weightDecay * weights}; 0 or
     *     more
     */
    record Muon(double momentum, boolean nesterov, double weightDecay) implements OptimizerSpec {

        /** Checks every component. */
        public Muon {
            Check.decayRate("momentum", momentum);
            requireMomentum(nesterov, momentum);
            Check.notNegative("weightDecay", weightDecay);
        }
    }

    /**
     * Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
     *
     * @param beta1 decay rate of the mean of gradients, 0 to below 1
     * @param beta2 decay rate of the mean of squared gradients, 0 to below 1
     * @param epsilon added to the denominator, 0 or more
     * @param weightDecay decoupled weight decay: each step subtracts {@code learningRate * weightDecay * weights}; 0 or
     *     more
     */
    record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements OptimizerSpec {

        /** Checks every component. */
        public AdamW {
            Check.decayRate("beta1", beta1);
            Check.decayRate("beta2", beta2);
            Check.notNegative("epsilon", epsilon);
            Check.notNegative("weightDecay", weightDecay);
        }
    }

    /**
     * Adam (Kingma and Ba, 2015); the weight decay is added to the gradient.
     *
     * @param beta1 decay rate of the mean of gradients, 0 to below 1
     * @param beta2 decay rate of the mean of squared gradients, 0 to below 1
     * @param epsilon added to the denominator, 0 or more
     * @param weightDecay L2 penalty: {@code weightDecay * weights} is added to the gradient; 0 or more
     */
    record Adam(double beta1, double beta2, double epsilon, double weightDecay) implements OptimizerSpec {

        /** Checks every component. */
        public Adam {
            Check.decayRate("beta1", beta1);
            Check.decayRate("beta2", beta2);
            Check.notNegative("epsilon", epsilon);
            Check.notNegative("weightDecay", weightDecay);
        }
    }

    /**
     * Lion: steps of the size of the learning rate in the direction of the sign of a running mean (Chen et al., 2023).
     *
     * @param beta1 weight of the running mean in a step, 0 to below 1
     * @param beta2 decay rate of the running mean, 0 to below 1
     * @param weightDecay decoupled weight decay: each step subtracts {@code learningRate * weightDecay * weights}; 0 or
     *     more
     */
    record Lion(double beta1, double beta2, double weightDecay) implements OptimizerSpec {

        /** Checks every component. */
        public Lion {
            Check.decayRate("beta1", beta1);
            Check.decayRate("beta2", beta2);
            Check.notNegative("weightDecay", weightDecay);
        }
    }

    /**
     * Prodigy: AdamW that estimates its own step size, so that the learning rate is usually 1 (Mishchenko and Defazio,
     * 2023).
     *
     * @param beta1 decay rate of the mean of gradients, 0 to below 1
     * @param beta2 decay rate of the mean of squared gradients, 0 to below 1
     * @param beta3 decay rate of the numbers behind the estimate, 0 to below 1; empty for the square root of beta2
     * @param epsilon added to the denominator, 0 or more
     * @param weightDecay decoupled weight decay, 0 or more
     * @param useBiasCorrection whether Adam's bias correction applies
     * @param safeguardWarmup whether to leave the learning rate out of the estimate's denominator, for schedules that
     *     begin with a warm-up
     * @param d0 initial estimate of the step size, greater than 0
     * @param dCoef factor on the estimate, greater than 0
     * @param growthRate largest factor by which the estimate grows in one step, 1 or more, may be infinite
     */
    record Prodigy(
            double beta1,
            double beta2,
            OptionalDouble beta3,
            double epsilon,
            double weightDecay,
            boolean useBiasCorrection,
            boolean safeguardWarmup,
            double d0,
            double dCoef,
            double growthRate)
            implements OptimizerSpec {

        /** Checks every component. */
        public Prodigy {
            Check.decayRate("beta1", beta1);
            Check.decayRate("beta2", beta2);
            Check.given("beta3", beta3).ifPresent(rate -> Check.decayRate("beta3", rate));
            Check.notNegative("epsilon", epsilon);
            Check.notNegative("weightDecay", weightDecay);
            Check.positive("d0", d0);
            Check.positive("dCoef", dCoef);
            if (!(growthRate >= 1)) {
                throw InvalidSettingException.of("growthRate", growthRate, "1 or more, or Infinity");
            }
        }
    }

    /**
     * Adafactor: keeps only row and column means of squared gradients (Shazeer and Stern, 2018). Its own learning rate
     * schedule is not used.
     *
     * @param epsilon1 added to squared gradients, 0 or more
     * @param epsilon2 smallest scale of a parameter, 0 or more; used with {@code scaleParameter}
     * @param clipThreshold largest root mean square of a step before the learning rate, greater than 0
     * @param decayRate exponent of the decay of the means: at step t their decay rate is {@code 1 - t^decayRate}; below
     *     0
     * @param beta1 decay rate of a mean of steps, 0 to below 1; empty for none
     * @param weightDecay decoupled weight decay, 0 or more
     * @param scaleParameter whether steps are scaled by the root mean square of the parameter
     */
    record Adafactor(
            double epsilon1,
            double epsilon2,
            double clipThreshold,
            double decayRate,
            OptionalDouble beta1,
            double weightDecay,
            boolean scaleParameter)
            implements OptimizerSpec {

        /** Checks every component. */
        public Adafactor {
            Check.notNegative("epsilon1", epsilon1);
            Check.notNegative("epsilon2", epsilon2);
            Check.positive("clipThreshold", clipThreshold);
            if (!(decayRate < 0) || Double.isInfinite(decayRate)) {
                throw InvalidSettingException.of("decayRate", decayRate, "a number below 0, for example -0.8");
            }
            Check.given("beta1", beta1).ifPresent(rate -> Check.decayRate("beta1", rate));
            Check.notNegative("weightDecay", weightDecay);
        }
    }

    /**
     * Stochastic gradient descent.
     *
     * @param momentum decay rate of the running sum of gradients, 0 to below 1; 0 for none
     * @param weightDecay L2 penalty: {@code weightDecay * weights} is added to the gradient; 0 or more
     * @param nesterov whether to use Nesterov momentum; requires a momentum greater than 0
     */
    record Sgd(double momentum, double weightDecay, boolean nesterov) implements OptimizerSpec {

        /** Checks every component. */
        public Sgd {
            Check.decayRate("momentum", momentum);
            Check.notNegative("weightDecay", weightDecay);
            requireMomentum(nesterov, momentum);
        }
    }

    private static void requireMomentum(boolean nesterov, double momentum) {
        if (nesterov && momentum == 0) {
            throw new InvalidSettingException(
                    "nesterov is on and momentum is 0; expected a momentum, for example 0.9, or nesterov off");
        }
    }
}
