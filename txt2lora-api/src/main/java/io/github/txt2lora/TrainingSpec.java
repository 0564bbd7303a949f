package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Count;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * How to train: everything but the words, the model and the place of the result. {@link #builder()} begins with our
 * defaults, {@link #leco()} with LECO's exact method; they differ in {@code method} and in whether the result is
 * measured.
 *
 * @param method how an iteration finds out what to change, {@link TrainingMethod#recommended()} by default
 * @param iterations how many steps the optimizer makes at most, 1 or more, 1000 by default; also 0 with
 *     {@link LoraStart#CLOSED_FORM}
 * @param learningRate the size of a step, greater than 0, 1e-4 by default
 * @param optimizer {@link OptimizerSpec#adamW()} by default
 * @param learningRateSchedule how the learning rate changes, constant by default
 * @param warmupIterations iterations over which the learning rate first rises from 0 on a line, at most all of them, 0
 *     by default
 * @param lora the shape of the LoRA
 * @param gradientAccumulationSteps comparisons whose mean gradient makes one iteration, 1 or more, 1 by default
 * @param maxGradientNorm the norm to which longer gradients are shortened, greater than 0; empty, the default, for none
 * @param seed where all random numbers of the training start, any number, 0 by default
 * @param modelUse how the base model is used, {@link ModelUse#defaults()} by default
 * @param saving what is written, and when, {@link SavingSpec#defaults()} by default
 * @param stopping when the training ends, {@link StoppingSpec#defaults()} by default
 * @param nonFinitePolicy what happens when a number is infinite or not a number, {@link NonFinitePolicy#fail()} by
 *     default
 */
public record TrainingSpec(
        TrainingMethod method,
        int iterations,
        double learningRate,
        OptimizerSpec optimizer,
        LearningRateSchedule learningRateSchedule,
        int warmupIterations,
        LoraSpec lora,
        int gradientAccumulationSteps,
        OptionalDouble maxGradientNorm,
        long seed,
        ModelUse modelUse,
        SavingSpec saving,
        StoppingSpec stopping,
        NonFinitePolicy nonFinitePolicy) {

    /**
     * Checks every component; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if a component is outside its range, the warm-up is longer than the training, or
     *     there are no iterations and no closed-form start
     */
    public TrainingSpec {
        Check.given("method", method);
        Check.atLeast("iterations", iterations, 0);
        if (iterations == 0 && method.start() != LoraStart.CLOSED_FORM) {
            throw InvalidSettingException.of(
                    "iterations",
                    iterations,
                    "1 or more, or the method's start CLOSED_FORM, since without iterations" + " a LoRA that starts at "
                            + method.start() + " learns nothing");
        }
        Check.positive("learningRate", learningRate);
        Check.given("optimizer", optimizer);
        Check.given("learningRateSchedule", learningRateSchedule);
        Check.atLeast("warmupIterations", warmupIterations, 0);
        Check.given("lora", lora);
        Check.atLeast("gradientAccumulationSteps", gradientAccumulationSteps, 1);
        Check.given("maxGradientNorm", maxGradientNorm).ifPresent(norm -> Check.positive("maxGradientNorm", norm));
        Check.given("modelUse", modelUse);
        Check.given("saving", saving);
        Check.given("stopping", stopping);
        Check.given("nonFinitePolicy", nonFinitePolicy);
        if (warmupIterations > iterations) {
            throw InvalidSettingException.of(
                    "warmupIterations", warmupIterations, "at most the " + Count.of(iterations, "iteration"));
        }
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with LECO's exact method: {@link TrainingMethod#leco()}, and nothing measured besides. */
    public static Builder leco() {
        return new Builder().method(TrainingMethod.leco()).stopping(stopping -> stopping.withMeasureQuality(false));
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder()
                .method(method)
                .iterations(iterations)
                .learningRate(learningRate)
                .optimizer(optimizer)
                .learningRateSchedule(learningRateSchedule)
                .warmupIterations(warmupIterations)
                .lora(lora)
                .gradientAccumulationSteps(gradientAccumulationSteps)
                .maxGradientNorm(maxGradientNorm)
                .seed(seed)
                .modelUse(modelUse)
                .saving(saving)
                .stopping(stopping)
                .nonFinitePolicy(nonFinitePolicy);
    }

    /**
     * Collects the values of a {@link TrainingSpec}; each call replaces what an earlier one set. A value of several
     * settings is given as a whole, or by what to change of it:
     * {@code saving(saving -> saving.withEveryIterations(100))}.
     */
    public static final class Builder {

        private TrainingMethod method = TrainingMethod.recommended();
        private int iterations = 1000;
        private double learningRate = 1e-4;
        private OptimizerSpec optimizer = OptimizerSpec.adamW();
        private LearningRateSchedule learningRateSchedule = LearningRateSchedule.constant();
        private int warmupIterations;
        private LoraSpec lora = LoraSpec.builder().build();
        private int gradientAccumulationSteps = 1;
        private OptionalDouble maxGradientNorm = OptionalDouble.empty();
        private long seed;
        private ModelUse modelUse = ModelUse.defaults();
        private SavingSpec saving = SavingSpec.defaults();
        private StoppingSpec stopping = StoppingSpec.defaults();
        private NonFinitePolicy nonFinitePolicy = NonFinitePolicy.fail();

        private Builder() {}

        /** How an iteration finds out what to change; {@link TrainingMethod#recommended()} by default. */
        public Builder method(TrainingMethod method) {
            this.method = Check.given("method", method);
            return this;
        }

        /** Changes the method that was set so far. */
        public Builder method(UnaryOperator<TrainingMethod> change) {
            return method(change.apply(method));
        }

        /**
         * How many steps the optimizer makes at most; 1000 by default, and 0 only with {@link LoraStart#CLOSED_FORM}.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder iterations(int iterations) {
            this.iterations = Check.atLeast("iterations", iterations, 0);
            return this;
        }

        /**
         * The size of a step before schedule and warm-up; 1e-4 by default.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder learningRate(double learningRate) {
            this.learningRate = Check.positive("learningRate", learningRate);
            return this;
        }

        /** What turns gradients into steps; {@link OptimizerSpec#adamW()} by default. */
        public Builder optimizer(OptimizerSpec optimizer) {
            this.optimizer = Check.given("optimizer", optimizer);
            return this;
        }

        /** How the learning rate changes; constant by default. */
        public Builder learningRateSchedule(LearningRateSchedule learningRateSchedule) {
            this.learningRateSchedule = Check.given("learningRateSchedule", learningRateSchedule);
            return this;
        }

        /**
         * Iterations over which the learning rate first rises from 0 on a line; 0 by default.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder warmupIterations(int warmupIterations) {
            this.warmupIterations = Check.atLeast("warmupIterations", warmupIterations, 0);
            return this;
        }

        /** The shape of the LoRA; rank 4 and alpha 1 on all transformer blocks by default. */
        public Builder lora(LoraSpec lora) {
            this.lora = Check.given("lora", lora);
            return this;
        }

        /**
         * Comparisons whose mean gradient makes one iteration; 1 by default.
         *
         * @throws InvalidSettingException if it is less than 1
         */
        public Builder gradientAccumulationSteps(int gradientAccumulationSteps) {
            this.gradientAccumulationSteps = Check.atLeast("gradientAccumulationSteps", gradientAccumulationSteps, 1);
            return this;
        }

        /**
         * The norm to which longer gradients are shortened; by default they are left as they are.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder maxGradientNorm(double maxGradientNorm) {
            return maxGradientNorm(OptionalDouble.of(maxGradientNorm));
        }

        /**
         * The norm to which longer gradients are shortened; empty, the default, leaves them as they are.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder maxGradientNorm(OptionalDouble maxGradientNorm) {
            Check.given("maxGradientNorm", maxGradientNorm).ifPresent(norm -> Check.positive("maxGradientNorm", norm));
            this.maxGradientNorm = maxGradientNorm;
            return this;
        }

        /** Where all random numbers of the training start; any number, 0 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** How the base model is used; {@link ModelUse#defaults()} by default. */
        public Builder modelUse(ModelUse modelUse) {
            this.modelUse = Check.given("modelUse", modelUse);
            return this;
        }

        /** Changes how the base model is used. */
        public Builder modelUse(UnaryOperator<ModelUse> change) {
            return modelUse(change.apply(modelUse));
        }

        /** What is written, and when; {@link SavingSpec#defaults()} by default. */
        public Builder saving(SavingSpec saving) {
            this.saving = Check.given("saving", saving);
            return this;
        }

        /** Changes what is written, and when. */
        public Builder saving(UnaryOperator<SavingSpec> change) {
            return saving(change.apply(saving));
        }

        /** When the training ends; {@link StoppingSpec#defaults()} by default. */
        public Builder stopping(StoppingSpec stopping) {
            this.stopping = Check.given("stopping", stopping);
            return this;
        }

        /** Changes when the training ends. */
        public Builder stopping(UnaryOperator<StoppingSpec> change) {
            return stopping(change.apply(stopping));
        }

        /** What happens when a number is infinite or not a number; {@link NonFinitePolicy#fail()} by default. */
        public Builder nonFinitePolicy(NonFinitePolicy nonFinitePolicy) {
            this.nonFinitePolicy = Check.given("nonFinitePolicy", nonFinitePolicy);
            return this;
        }

        /**
         * Makes the value.
         *
         * @throws InvalidSettingException if the warm-up is longer than the training, or there are no iterations and
         *     no closed-form start
         */
        public TrainingSpec build() {
            return new TrainingSpec(
                    method,
                    iterations,
                    learningRate,
                    optimizer,
                    learningRateSchedule,
                    warmupIterations,
                    lora,
                    gradientAccumulationSteps,
                    maxGradientNorm,
                    seed,
                    modelUse,
                    saving,
                    stopping,
                    nonFinitePolicy);
        }
    }
}
