package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * How the learning rate changes over a training, after the warm-up if there is one. The factories give LECO's settings.
 */
public sealed interface LearningRateSchedule {

    /** The rate stays as it is. */
    static Constant constant() {
        return new Constant();
    }

    /** The rate falls on a line to 0. */
    static Linear linear() {
        return new Linear(0);
    }

    /** The rate falls on half a cosine to a hundredth. */
    static Cosine cosine() {
        return new Cosine(0.01);
    }

    /** Cosines to a hundredth, the first over a tenth of the iterations, each one twice as long as the one before. */
    static CosineWithRestarts cosineWithRestarts() {
        return new CosineWithRestarts(0.01, 0, 2);
    }

    /** The rate is multiplied by 0.999 after each hundredth of the iterations. */
    static Step step() {
        return new Step(0, 0.999);
    }

    /** The same rate throughout. */
    record Constant() implements LearningRateSchedule {}

    /**
     * A straight line from the learning rate to a share of it.
     *
     * @param endFactor the share that is reached at the end, 0 to 1
     */
    record Linear(double endFactor) implements LearningRateSchedule {

        /** Checks the factor. */
        public Linear {
            Check.fraction("endFactor", endFactor);
        }
    }

    /**
     * Half a cosine over all iterations.
     *
     * @param minimumFactor the share of the learning rate that is reached at the end, 0 to 1
     */
    record Cosine(double minimumFactor) implements LearningRateSchedule {

        /** Checks the factor. */
        public Cosine {
            Check.fraction("minimumFactor", minimumFactor);
        }
    }

    /**
     * Half cosines one after another, each beginning at the full learning rate (Loshchilov and Hutter, 2017).
     *
     * @param minimumFactor the share of the learning rate at the end of each, 0 to 1
     * @param firstCycle iterations of the first, or 0 for a tenth of all, but at least 1
     * @param cycleMultiplier how many times as long as the one before each one is, 1 or more
     */
    record CosineWithRestarts(double minimumFactor, int firstCycle, int cycleMultiplier)
            implements LearningRateSchedule {

        /** Checks every component. */
        public CosineWithRestarts {
            Check.fraction("minimumFactor", minimumFactor);
            Check.atLeast("firstCycle", firstCycle, 0);
            Check.atLeast("cycleMultiplier", cycleMultiplier, 1);
        }
    }

    /**
     * Multiplies the rate by a factor at regular distances.
     *
     * @param stepSize iterations between two multiplications, or 0 for a hundredth of all, but at least 1
     * @param gamma the factor, greater than 0 and at most 1
     */
    record Step(int stepSize, double gamma) implements LearningRateSchedule {

        /** Checks every component. */
        public Step {
            Check.atLeast("stepSize", stepSize, 0);
            if (!(gamma > 0 && gamma <= 1)) {
                throw InvalidSettingException.of("gamma", gamma, "a number greater than 0 and at most 1");
            }
        }
    }
}
