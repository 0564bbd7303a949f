package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Count;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How to train: everything but the words, the model and the place of the result. {@link #builder()} begins with our
 * defaults, {@link #leco()} with LECO's exact method; they differ in {@code method} and {@code measureQuality} alone.
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
 * @param noiseScheduler how a rollout denoises, {@link SchedulerType#DDIM} by default
 * @param maxDenoisingSteps steps of a complete rollout, of which each iteration makes 1 to all but one at random; 2 to
 *     1000, 50 by default
 * @param rolloutGuidanceScale classifier-free guidance scale of the rollout, finite, 3 by default
 * @param gradientAccumulationSteps comparisons whose mean gradient makes one iteration, 1 or more, 1 by default
 * @param maxGradientNorm the norm to which longer gradients are shortened, greater than 0; null, the default, for none
 * @param seed where all random numbers of the training start, any number, 0 by default
 * @param precision the number format of the base model's computations, {@link Precision#FP32} by default; the LoRA and
 *     the optimizer always compute in 32 bits
 * @param savePrecision the number format of the LoRA file, by default {@link Precision#FP16}, as in most LoRA files
 *     that are shared
 * @param clipSkip which hidden state of the text encoder is used, counted from the one that the model was trained on; 1
 *     (that one) to 12, 1 by default
 * @param predictionType what the base model's UNet predicts, {@link PredictionType#FROM_MODEL} by default
 * @param terminalSnr whether the base model was trained up to pure noise, {@link TerminalSnr#FROM_MODEL} by default
 * @param saveEvery iterations between two saved states of the LoRA, or 0, the default, to save only at the end
 * @param stopWhen when the training ends before all iterations are made, {@link StopRule#never()} by default
 * @param measureQuality whether gap and drift of the LoRA are measured at the end, see {@link LoraQuality}; true by
 *     default
 * @param states when the training writes down what it needs to go on later, {@link StateSpec#defaults()} by default
 * @param nonFinitePolicy what happens when a number is infinite or not a number, {@link NonFinitePolicy#fail()} by default
 * @param timestamp the time to write into the file's metadata, so that two runs give the same bytes; null, the default,
 *     for the clock
 */
public record TrainingSpec(
        TrainingMethod method,
        int iterations,
        double learningRate,
        OptimizerSpec optimizer,
        LearningRateSchedule learningRateSchedule,
        int warmupIterations,
        LoraSpec lora,
        SchedulerType noiseScheduler,
        int maxDenoisingSteps,
        double rolloutGuidanceScale,
        int gradientAccumulationSteps,
        @Nullable Double maxGradientNorm,
        long seed,
        Precision precision,
        Precision savePrecision,
        int clipSkip,
        PredictionType predictionType,
        TerminalSnr terminalSnr,
        int saveEvery,
        StopRule stopWhen,
        boolean measureQuality,
        StateSpec states,
        NonFinitePolicy nonFinitePolicy,
        @Nullable Instant timestamp) {

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
        Check.given("noiseScheduler", noiseScheduler);
        Check.between("maxDenoisingSteps", maxDenoisingSteps, 2, 1000);
        Check.finite("rolloutGuidanceScale", rolloutGuidanceScale);
        Check.atLeast("gradientAccumulationSteps", gradientAccumulationSteps, 1);
        checkGradientNorm(maxGradientNorm);
        Check.given("precision", precision);
        Check.given("savePrecision", savePrecision);
        Check.between("clipSkip", clipSkip, 1, 12);
        Check.given("predictionType", predictionType);
        Check.given("terminalSnr", terminalSnr);
        Check.atLeast("saveEvery", saveEvery, 0);
        Check.given("stopWhen", stopWhen);
        Check.given("states", states);
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
        return new Builder().method(TrainingMethod.leco()).measureQuality(false);
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
                .noiseScheduler(noiseScheduler)
                .maxDenoisingSteps(maxDenoisingSteps)
                .rolloutGuidanceScale(rolloutGuidanceScale)
                .gradientAccumulationSteps(gradientAccumulationSteps)
                .maxGradientNorm(maxGradientNorm)
                .seed(seed)
                .precision(precision)
                .savePrecision(savePrecision)
                .clipSkip(clipSkip)
                .predictionType(predictionType)
                .terminalSnr(terminalSnr)
                .saveEvery(saveEvery)
                .stopWhen(stopWhen)
                .measureQuality(measureQuality)
                .states(states)
                .nonFinitePolicy(nonFinitePolicy)
                .timestamp(timestamp);
    }

    private static @Nullable Double checkGradientNorm(@Nullable Double maximum) {
        return maximum == null ? null : Double.valueOf(Check.positive("maxGradientNorm", maximum));
    }

    /** Collects the values of a {@link TrainingSpec}; each call replaces what an earlier one set. */
    public static final class Builder {

        private TrainingMethod method = TrainingMethod.recommended();
        private int iterations = 1000;
        private double learningRate = 1e-4;
        private OptimizerSpec optimizer = OptimizerSpec.adamW();
        private LearningRateSchedule learningRateSchedule = LearningRateSchedule.constant();
        private int warmupIterations;
        private LoraSpec lora = LoraSpec.builder().build();
        private SchedulerType noiseScheduler = SchedulerType.DDIM;
        private int maxDenoisingSteps = 50;
        private double rolloutGuidanceScale = 3.0;
        private int gradientAccumulationSteps = 1;
        private @Nullable Double maxGradientNorm;
        private long seed;
        private Precision precision = Precision.FP32;
        private Precision savePrecision = Precision.FP16;
        private int clipSkip = 1;
        private PredictionType predictionType = PredictionType.FROM_MODEL;
        private TerminalSnr terminalSnr = TerminalSnr.FROM_MODEL;
        private int saveEvery;
        private StopRule stopWhen = StopRule.never();
        private boolean measureQuality = true;
        private StateSpec states = StateSpec.defaults();
        private NonFinitePolicy nonFinitePolicy = NonFinitePolicy.fail();
        private @Nullable Instant timestamp;

        private Builder() {}

        /** How an iteration finds out what to change; {@link TrainingMethod#recommended()} by default. */
        public Builder method(TrainingMethod method) {
            this.method = Check.given("method", method);
            return this;
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

        /** How the rollout denoises; {@link SchedulerType#DDIM} by default. */
        public Builder noiseScheduler(SchedulerType noiseScheduler) {
            this.noiseScheduler = Check.given("noiseScheduler", noiseScheduler);
            return this;
        }

        /**
         * Steps of a complete rollout, of which each iteration makes 1 to all but one at random; 50 by default.
         *
         * @throws InvalidSettingException if it is not from 2 to 1000
         */
        public Builder maxDenoisingSteps(int maxDenoisingSteps) {
            this.maxDenoisingSteps = Check.between("maxDenoisingSteps", maxDenoisingSteps, 2, 1000);
            return this;
        }

        /**
         * Classifier-free guidance scale of the rollout; 3 by default.
         *
         * @throws InvalidSettingException if it is not finite
         */
        public Builder rolloutGuidanceScale(double rolloutGuidanceScale) {
            this.rolloutGuidanceScale = Check.finite("rolloutGuidanceScale", rolloutGuidanceScale);
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
         * The norm to which longer gradients are shortened; null, the default, leaves them as they are.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder maxGradientNorm(@Nullable Double maxGradientNorm) {
            this.maxGradientNorm = checkGradientNorm(maxGradientNorm);
            return this;
        }

        /** Where all random numbers of the training start; any number, 0 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** The number format of the base model's computations; {@link Precision#FP32} by default. */
        public Builder precision(Precision precision) {
            this.precision = Check.given("precision", precision);
            return this;
        }

        /** The number format of the LoRA file; {@link Precision#FP16} by default, as in most shared LoRA files. */
        public Builder savePrecision(Precision savePrecision) {
            this.savePrecision = Check.given("savePrecision", savePrecision);
            return this;
        }

        /**
         * Which hidden state of the text encoder is used, counted from the one that the model was trained on, 1: the
         * last in SD 1.x and 2.x, the last but one in SDXL; 1 by default.
         *
         * @throws InvalidSettingException if it is not from 1 to 12
         */
        public Builder clipSkip(int clipSkip) {
            this.clipSkip = Check.between("clipSkip", clipSkip, 1, 12);
            return this;
        }

        /** What the base model's UNet predicts; {@link PredictionType#FROM_MODEL} by default. */
        public Builder predictionType(PredictionType predictionType) {
            this.predictionType = Check.given("predictionType", predictionType);
            return this;
        }

        /** Whether the base model was trained up to pure noise; {@link TerminalSnr#FROM_MODEL} by default. */
        public Builder terminalSnr(TerminalSnr terminalSnr) {
            this.terminalSnr = Check.given("terminalSnr", terminalSnr);
            return this;
        }

        /**
         * Iterations between two saved states of the LoRA; 0, the default, saves only at the end.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder saveEvery(int saveEvery) {
            this.saveEvery = Check.atLeast("saveEvery", saveEvery, 0);
            return this;
        }

        /** When the training ends before all iterations are made; {@link StopRule#never()} by default. */
        public Builder stopWhen(StopRule stopWhen) {
            this.stopWhen = Check.given("stopWhen", stopWhen);
            return this;
        }

        /** Whether gap and drift of the LoRA are measured at the end; true by default. */
        public Builder measureQuality(boolean measureQuality) {
            this.measureQuality = measureQuality;
            return this;
        }

        /** When to write down what is needed to go on later; {@link StateSpec#defaults()} by default. */
        public Builder states(StateSpec states) {
            this.states = Check.given("states", states);
            return this;
        }

        /** What happens when a number is infinite or not a number; {@link NonFinitePolicy#fail()} by default. */
        public Builder nonFinitePolicy(NonFinitePolicy nonFinitePolicy) {
            this.nonFinitePolicy = Check.given("nonFinitePolicy", nonFinitePolicy);
            return this;
        }

        /** The time to write into the file's metadata, so that two runs give the same bytes; null for the clock. */
        public Builder timestamp(@Nullable Instant timestamp) {
            this.timestamp = timestamp;
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
                    noiseScheduler,
                    maxDenoisingSteps,
                    rolloutGuidanceScale,
                    gradientAccumulationSteps,
                    maxGradientNorm,
                    seed,
                    precision,
                    savePrecision,
                    clipSkip,
                    predictionType,
                    terminalSnr,
                    saveEvery,
                    stopWhen,
                    measureQuality,
                    states,
                    nonFinitePolicy,
                    timestamp);
        }
    }
}
