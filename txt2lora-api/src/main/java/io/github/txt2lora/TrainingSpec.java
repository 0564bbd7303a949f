package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Count;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * The settings of a training: everything except the prompts, the model and the output. {@link #builder()} starts from
 * this library's defaults, which find iterations and learning rate themselves, {@link #leco()} from LECO's exact method
 * and settings.
 *
 * @param method method of an iteration, {@link TrainingMethod#recommended()} by default
 * @param iterations most steps of the optimizer, 1 or more; also 0 with a start other than
 *     {@link LoraStart#ZERO}; empty, the
 *     default, for {@link #iterationsFor} the prompts and models
 * @param learningRate learning rate before schedule and warm-up, greater than 0; empty, the default, for one that the
 *     training derives from its first gradients
 * @param optimizer how gradients change the LoRA; empty, the default, for {@link #optimizerFor} the prompts
 * @param learningRateSchedule schedule of the learning rate, a cosine by default
 * @param warmupIterations iterations of the linear warm-up from 0, 0 to {@code iterations}, 0 by default
 * @param lora shape of the LoRA, a rank that fits the prompts and alpha 1 on cross-attention by default
 * @param gradientAccumulationSteps comparisons whose mean gradient makes one iteration, 1 or more, 1 by default
 * @param maxGradientNorm norm to which gradients are clipped, greater than 0; empty, the default, for no clipping
 * @param seed seed of all random numbers of the training, any number, 0 by default
 * @param modelUse settings for running the base model, {@link ModelUse#defaults()} by default
 * @param saving files to save, {@link SavingSpec#defaults()} by default
 * @param stopping when the training stops, {@link StoppingSpec#defaults()} by default
 * @param nonFinitePolicy reaction to a non-finite number, {@link NonFinitePolicy#fail()} by default
 */
public record TrainingSpec(
        TrainingMethod method,
        OptionalInt iterations,
        OptionalDouble learningRate,
        Optional<OptimizerSpec> optimizer,
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

    /** Iterations for what all prompt pairs share; measured, as the next, in docs/method.md. */
    private static final int SHARED_ITERATIONS = 80;

    private static final int ITERATIONS_PER_PAIR = 310;

    private static final int ITERATIONS_PER_PAIR_ON_FURTHER_MODEL = 170;

    /**
     * Checks every component; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if a component is outside its range, the warm-up is longer than the training, or
     *     there are no iterations and no closed-form start
     */
    public TrainingSpec {
        Check.given("method", method);
        Check.given("iterations", iterations).ifPresent(number -> Check.atLeast("iterations", number, 0));
        if (iterations.equals(OptionalInt.of(0)) && method.start() == LoraStart.ZERO) {
            throw InvalidSettingException.of(
                    "iterations",
                    0,
                    "1 or more, or the method's start CLOSED_FORM or a LoRA, since without iterations a LoRA that"
                            + " starts at ZERO learns nothing");
        }
        Check.given("learningRate", learningRate).ifPresent(rate -> Check.positive("learningRate", rate));
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
        int least = iterations.orElse(SHARED_ITERATIONS + ITERATIONS_PER_PAIR);
        if (warmupIterations > least) {
            throw InvalidSettingException.of(
                    "warmupIterations", warmupIterations, "at most the " + Count.of(least, "iteration"));
        }
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder with LECO's exact method, {@link TrainingMethod#leco()}, and its settings: 1000 iterations of AdamW, a
     * constant learning rate of 1e-4, a LoRA of rank 4 and alpha 1 on all transformer blocks, and no measurement of the
     * result.
     */
    public static Builder leco() {
        return new Builder()
                .method(TrainingMethod.leco())
                .iterations(1000)
                .learningRate(1e-4)
                .optimizer(OptimizerSpec.adamW())
                .learningRateSchedule(LearningRateSchedule.constant())
                .lora(LoraSpec.leco())
                .stopping(stopping -> stopping.withMeasureQuality(false));
    }

    /**
     * The number of iterations of a training: {@link #iterations()}, or else 80, and for each prompt pair that teaches a
     * new meaning 310 and 170 more on each further model; so 390 for one pair on one model (docs/method.md).
     *
     * @param prompts of the training
     * @param models number of base models of the training, 1 or more
     */
    public int iterationsFor(List<PromptPair> prompts, int models) {
        long taught = prompts.stream().filter(pair -> !pair.preserves()).count();
        long ofPair = ITERATIONS_PER_PAIR + (long) ITERATIONS_PER_PAIR_ON_FURTHER_MODEL * (models - 1);
        return iterations.orElseGet(() ->
                (int) Math.min(Integer.MAX_VALUE, SHARED_ITERATIONS + ofPair * Math.max(1, taught)));
    }

    /**
     * The optimizer of a training: {@link #optimizer()}, or else AdamW, and Muon where several targets are taught at one
     * strength of the LoRA, as the ends of a slider are not: what tells them apart has small gradients (docs/method.md).
     *
     * @param prompts of the training
     */
    public OptimizerSpec optimizerFor(List<PromptPair> prompts) {
        return optimizer.orElseGet(() -> Targets.areSeveral(prompts) ? OptimizerSpec.muon() : OptimizerSpec.adamW());
    }

    /** The same with the rank and the optimizer that it has in a training of these prompts. */
    public TrainingSpec chosenFor(List<PromptPair> prompts) {
        return toBuilder()
                .lora(lora.withRankFor(prompts))
                .optimizer(optimizerFor(prompts))
                .build();
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
     * Collects the values of a {@link TrainingSpec}; each call replaces what an earlier one set. Set a group of
     * settings as a whole, or change some of them: {@code saving(saving -> saving.withEveryIterations(100))}.
     */
    public static final class Builder {

        private TrainingMethod method = TrainingMethod.recommended();
        private OptionalInt iterations = OptionalInt.empty();
        private OptionalDouble learningRate = OptionalDouble.empty();
        private Optional<OptimizerSpec> optimizer = Optional.empty();
        private LearningRateSchedule learningRateSchedule = LearningRateSchedule.cosine();
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

        /** The method of an iteration; {@link TrainingMethod#recommended()} by default. */
        public Builder method(TrainingMethod method) {
            this.method = Check.given("method", method);
            return this;
        }

        /** Changes the current method. */
        public Builder method(UnaryOperator<TrainingMethod> change) {
            return method(change.apply(method));
        }

        /**
         * The most steps of the optimizer; by default as many as {@link TrainingSpec#iterationsFor} tells. 0 requires a
         * start other than {@link LoraStart#ZERO}.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder iterations(int iterations) {
            return iterations(OptionalInt.of(iterations));
        }

        /**
         * The most steps of the optimizer; empty, the default, for {@link TrainingSpec#iterationsFor} the prompts and models.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder iterations(OptionalInt iterations) {
            Check.given("iterations", iterations).ifPresent(number -> Check.atLeast("iterations", number, 0));
            this.iterations = iterations;
            return this;
        }

        /**
         * The learning rate before schedule and warm-up; by default the training derives it from its first gradients.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder learningRate(double learningRate) {
            return learningRate(OptionalDouble.of(learningRate));
        }

        /**
         * The learning rate before schedule and warm-up; empty, the default, for one that the training derives from its
         * first gradients.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder learningRate(OptionalDouble learningRate) {
            Check.given("learningRate", learningRate).ifPresent(rate -> Check.positive("learningRate", rate));
            this.learningRate = learningRate;
            return this;
        }

        /** The optimizer; by default the training chooses it, see {@link TrainingSpec#optimizerFor}. */
        public Builder optimizer(OptimizerSpec optimizer) {
            return optimizer(Optional.of(Check.given("optimizer", optimizer)));
        }

        /** The optimizer; empty, the default, for {@link TrainingSpec#optimizerFor} the prompts. */
        public Builder optimizer(Optional<OptimizerSpec> optimizer) {
            this.optimizer = Check.given("optimizer", optimizer);
            return this;
        }

        /** The schedule of the learning rate; {@link LearningRateSchedule#cosine()} by default. */
        public Builder learningRateSchedule(LearningRateSchedule learningRateSchedule) {
            this.learningRateSchedule = Check.given("learningRateSchedule", learningRateSchedule);
            return this;
        }

        /**
         * Iterations of the linear warm-up of the learning rate from 0; 0 by default.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder warmupIterations(int warmupIterations) {
            this.warmupIterations = Check.atLeast("warmupIterations", warmupIterations, 0);
            return this;
        }

        /** The shape of the LoRA; a rank that fits the prompts and alpha 1 on cross-attention by default. */
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
         * The norm to which gradients are clipped; no clipping by default.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder maxGradientNorm(double maxGradientNorm) {
            return maxGradientNorm(OptionalDouble.of(maxGradientNorm));
        }

        /**
         * The norm to which gradients are clipped; empty, the default, for no clipping.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder maxGradientNorm(OptionalDouble maxGradientNorm) {
            Check.given("maxGradientNorm", maxGradientNorm).ifPresent(norm -> Check.positive("maxGradientNorm", norm));
            this.maxGradientNorm = maxGradientNorm;
            return this;
        }

        /** The seed of all random numbers of the training; any number, 0 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Settings for running the base model; {@link ModelUse#defaults()} by default. */
        public Builder modelUse(ModelUse modelUse) {
            this.modelUse = Check.given("modelUse", modelUse);
            return this;
        }

        /** Changes how to run the base model. */
        public Builder modelUse(UnaryOperator<ModelUse> change) {
            return modelUse(change.apply(modelUse));
        }

        /** The files to save; {@link SavingSpec#defaults()} by default. */
        public Builder saving(SavingSpec saving) {
            this.saving = Check.given("saving", saving);
            return this;
        }

        /** Changes the files to save. */
        public Builder saving(UnaryOperator<SavingSpec> change) {
            return saving(change.apply(saving));
        }

        /** When the training stops; {@link StoppingSpec#defaults()} by default. */
        public Builder stopping(StoppingSpec stopping) {
            this.stopping = Check.given("stopping", stopping);
            return this;
        }

        /** Changes when the training stops. */
        public Builder stopping(UnaryOperator<StoppingSpec> change) {
            return stopping(change.apply(stopping));
        }

        /** The reaction to a non-finite number; {@link NonFinitePolicy#fail()} by default. */
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
