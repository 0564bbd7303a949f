package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Count;

/**
 * The settings of a sampler's run, with the meaning that they have in diffusers; see {@link SchedulerPresets} for those
 * that are in use.
 *
 * @param kind the sampler
 * @param steps number of steps, 1 to 1000
 * @param predictionType what the UNet predicts
 * @param timestepSpacing how the steps are spread over the training's timesteps
 * @param stepsOffset added to each timestep of leading spacing, 0 to 999; a timestep beyond 999 has the noise of 999
 * @param setAlphaToOne DDIM only: whether the last step ends at no noise at all, and not at the noise of timestep 0
 * @param clipSample DDIM and DDPM only: whether the estimate of the noise-free sample is clipped to -1..1
 * @param eta DDIM only: 0 for no noise, up to 1 for as much as DDPM
 * @param karrasSigmas whether noise levels follow equation 5 of <a href="https://arxiv.org/abs/2206.00364">Karras et
 *     al.</a>; not for DDIM, DDPM and Euler ancestral
 * @param zeroTerminalSnr whether the noise schedule is rescaled so that its last timestep is pure noise
 */
public record SchedulerConfig(
        SchedulerKind kind,
        int steps,
        PredictionType predictionType,
        TimestepSpacing timestepSpacing,
        int stepsOffset,
        boolean setAlphaToOne,
        boolean clipSample,
        double eta,
        boolean karrasSigmas,
        boolean zeroTerminalSnr) {

    /** Checks the settings. */
    public SchedulerConfig {
        checkSteps(kind, steps);
        checkStepsOffset(kind, stepsOffset);
        checkSetAlphaToOne(kind, setAlphaToOne);
        checkClipSample(kind, clipSample);
        checkEta(kind, eta);
        checkKarrasSigmas(kind, karrasSigmas);
    }

    /**
     * Starts with the defaults of diffusers, except that nothing is clipped, since latents have no bounds: epsilon,
     * leading spacing for DDIM and DDPM and linspace for the others, no offset, no eta.
     *
     * @throws InvalidSettingException if steps is not within 1..1000
     */
    public static Builder builder(SchedulerKind kind, int steps) {
        return new Builder(kind, steps);
    }

    /** A builder that starts with these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder(kind, steps);
        builder.predictionType = predictionType;
        builder.timestepSpacing = timestepSpacing;
        builder.stepsOffset = stepsOffset;
        builder.setAlphaToOne = setAlphaToOne;
        builder.clipSample = clipSample;
        builder.eta = eta;
        builder.karrasSigmas = karrasSigmas;
        builder.zeroTerminalSnr = zeroTerminalSnr;
        return builder;
    }

    /** The noise schedule of the run. */
    NoiseSchedule noiseSchedule() {
        NoiseSchedule plain = NoiseSchedule.stableDiffusion();
        if (!zeroTerminalSnr) {
            return plain;
        }
        NoiseSchedule rescaled = plain.rescaledToZeroTerminalSnr();
        return kind.usesSigmas() ? rescaled.withTerminalFloor() : rescaled;
    }

    /** The step itself, if the run has one of that number. */
    int checkedStep(int step) {
        if (step < 0 || step >= steps) {
            throw new InvalidSettingException("There is no step " + step + " in a " + kind + " run of "
                    + Count.of(steps, "step") + ", numbered from 0");
        }
        return step;
    }

    /**
     * Collects settings; each method throws {@link InvalidSettingException} for a value that the sampler cannot have.
     */
    public static final class Builder {

        private final SchedulerKind kind;
        private final int steps;
        private PredictionType predictionType = PredictionType.EPSILON;
        private TimestepSpacing timestepSpacing;
        private int stepsOffset;
        private boolean setAlphaToOne = true;
        private boolean clipSample;
        private double eta;
        private boolean karrasSigmas;
        private boolean zeroTerminalSnr;

        private Builder(SchedulerKind kind, int steps) {
            checkSteps(kind, steps);
            this.kind = kind;
            this.steps = steps;
            this.timestepSpacing = kind.defaultSpacing();
        }

        /** Sets what the UNet predicts; epsilon by default. */
        public Builder predictionType(PredictionType value) {
            predictionType = value;
            return this;
        }

        /** Sets how the steps are spread over the training's timesteps. */
        public Builder timestepSpacing(TimestepSpacing value) {
            timestepSpacing = value;
            return this;
        }

        /** Sets the offset of leading spacing, 0 to 999; 0 by default. */
        public Builder stepsOffset(int value) {
            checkStepsOffset(kind, value);
            stepsOffset = value;
            return this;
        }

        /** Sets whether DDIM ends at no noise at all; true by default. */
        public Builder setAlphaToOne(boolean value) {
            checkSetAlphaToOne(kind, value);
            setAlphaToOne = value;
            return this;
        }

        /** Sets whether DDIM and DDPM clip their estimate of the noise-free sample; false by default. */
        public Builder clipSample(boolean value) {
            checkClipSample(kind, value);
            clipSample = value;
            return this;
        }

        /** Sets how much noise DDIM adds, 0 to 1; 0 by default. */
        public Builder eta(double value) {
            checkEta(kind, value);
            eta = value;
            return this;
        }

        /** Sets whether the noise levels are those of Karras et al.; false by default. */
        public Builder karrasSigmas(boolean value) {
            checkKarrasSigmas(kind, value);
            karrasSigmas = value;
            return this;
        }

        /** Sets whether the noise schedule ends at pure noise; false by default. */
        public Builder zeroTerminalSnr(boolean value) {
            zeroTerminalSnr = value;
            return this;
        }

        /** The settings collected so far. */
        public SchedulerConfig build() {
            return new SchedulerConfig(
                    kind,
                    steps,
                    predictionType,
                    timestepSpacing,
                    stepsOffset,
                    setAlphaToOne,
                    clipSample,
                    eta,
                    karrasSigmas,
                    zeroTerminalSnr);
        }
    }

    private static void checkSteps(SchedulerKind kind, int steps) {
        if (steps < 1 || steps > NoiseSchedule.TRAINING_TIMESTEPS) {
            throw new InvalidSettingException(kind + " cannot run " + Count.of(steps, "step") + "; expected 1 to "
                    + NoiseSchedule.TRAINING_TIMESTEPS + ", the number of timesteps of the training");
        }
    }

    private static void checkStepsOffset(SchedulerKind kind, int stepsOffset) {
        if (stepsOffset < 0 || stepsOffset >= NoiseSchedule.TRAINING_TIMESTEPS) {
            throw new InvalidSettingException(
                    "The steps offset of " + kind + " is " + stepsOffset + "; expected 0 to 999, usually 0 or 1");
        }
    }

    private static void checkSetAlphaToOne(SchedulerKind kind, boolean setAlphaToOne) {
        if (!setAlphaToOne && kind != SchedulerKind.DDIM) {
            throw new InvalidSettingException(
                    kind + " always ends at no noise; setAlphaToOne = false is for " + SchedulerKind.DDIM + " only");
        }
    }

    private static void checkClipSample(SchedulerKind kind, boolean clipSample) {
        if (clipSample && !kind.canClip()) {
            throw new InvalidSettingException(
                    kind + " cannot clip samples; only " + SchedulerKind.DDIM + " and " + SchedulerKind.DDPM + " can");
        }
    }

    private static void checkEta(SchedulerKind kind, double eta) {
        if (!(eta >= 0 && eta <= 1)) {
            throw new InvalidSettingException("Eta of " + kind + " is " + eta + "; expected 0 to 1");
        }
        if (eta > 0 && kind != SchedulerKind.DDIM) {
            throw new InvalidSettingException(
                    "Eta is " + eta + ", but " + kind + " has none; it is for " + SchedulerKind.DDIM + " only");
        }
    }

    private static void checkKarrasSigmas(SchedulerKind kind, boolean karrasSigmas) {
        if (karrasSigmas && !kind.canUseKarrasSigmas()) {
            throw new InvalidSettingException(kind + " cannot use the noise levels of Karras et al.; LMS, Euler, "
                    + "DPM-Solver++ and UniPC can");
        }
    }
}
