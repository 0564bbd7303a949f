package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/** The schedule of the learning rate over a training, after the warm-up. The factories use LECO's settings. */
public sealed interface LearningRateSchedule {

    /** A constant rate. */
    static Constant constant() {
        return new Constant();
    }

    /** A linear decay to 0. */
    static Linear linear() {
        return new Linear(0);
    }

    /** A cosine decay to 1% of the learning rate. */
    static Cosine cosine() {
        return new Cosine(0.01);
    }

    /**
     * Cosine decays to 1% with restarts: the first cycle takes a tenth of the iterations, and each cycle is twice as
     * long as the previous one.
     */
    static CosineWithRestarts cosineWithRestarts() {
        return new CosineWithRestarts(0.01, 0, 2);
    }

    /** Multiplies the rate by 0.999 after each hundredth of the iterations. */
    static Step step() {
        return new Step(0, 0.999);
    }

    /** A constant rate. */
    record Constant() implements LearningRateSchedule {}

    /**
     * A linear decay.
     *
     * @param endFactor factor on the learning rate at the end, 0 to 1
     */
    record Linear(double endFactor) implements LearningRateSchedule {

        /** Checks the factor. */
        public Linear {
            Check.fraction("endFactor", endFactor);
        }
    }

    /**
     * A cosine decay over all iterations.
     *
     * @param minimumFactor factor on the learning rate at the end, 0 to 1
     */
    record Cosine(double minimumFactor) implements LearningRateSchedule {

        /** Checks the factor. */
        public Cosine {
            Check.fraction("minimumFactor", minimumFactor);
        }
    }

    /**
     * Cosine decays, each starting at the full learning rate (SGDR; Loshchilov and Hutter, arXiv 1608.03983).
     *
     * @param minimumFactor factor on the learning rate at the end of a cycle, 0 to 1
     * @param firstCycle iterations of the first cycle, 0 or more; 0 for a tenth of all, at least 1
     * @param cycleMultiplier length of a cycle relative to the previous one, 1 or more
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
     * Multiplies the rate by a factor at regular intervals.
     *
     * @param stepSize iterations between two multiplications, 0 or more; 0 for a hundredth of all, at least 1
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
