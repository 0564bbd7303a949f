package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Count;

/**
 * The settings of a scheduler's run, with the meaning that they have in diffusers; see {@link SchedulerPresets} for
 * those that are in use.
 *
 * @param kind the scheduler
 * @param steps number of steps, 1 to 1000
 * @param predictionType the quantity that the UNet predicts
 * @param timestepSpacing spacing of the steps over the training's timesteps
 * @param stepsOffset added to each timestep of leading spacing, 0 to 999; a timestep beyond 999 has the noise of 999
 * @param setAlphaToOne DDIM only: whether the last step ends at no noise at all, and not at the noise of timestep 0
 * @param clipSample DDIM and DDPM only: whether the estimate of the noise-free sample is clipped to -1..1
 * @param eta DDIM only: 0 for no noise, up to 1 for as much as DDPM
 * @param karrasSigmas whether noise levels follow equation 5 of <a href="https://arxiv.org/abs/2206.00364">Karras et
 *     al.</a>; not for DDIM, DDPM and Euler ancestral
 * @param zeroTerminalSnr whether the noise schedule is rescaled so that its last timestep is pure noise
 */
record SchedulerConfig(
        SchedulerKind kind,
        int steps,
        PredictedQuantity predictionType,
        TimestepSpacing timestepSpacing,
        int stepsOffset,
        boolean setAlphaToOne,
        boolean clipSample,
        double eta,
        boolean karrasSigmas,
        boolean zeroTerminalSnr) {

    /** Checks the settings. */
    public SchedulerConfig {
        int last = NoiseSchedule.TRAINING_TIMESTEPS - 1;
        if (steps < 1 || steps > NoiseSchedule.TRAINING_TIMESTEPS) {
            throw new InvalidSettingException(kind + " cannot run " + Count.of(steps, "step") + "; expected 1 to "
                    + NoiseSchedule.TRAINING_TIMESTEPS + ", the number of timesteps of the training");
        }
        if (stepsOffset < 0 || stepsOffset > last) {
            throw new InvalidSettingException("The steps offset of " + kind + " is " + stepsOffset + "; expected 0 to "
                    + last + ", usually 0 or 1");
        }
        if (!setAlphaToOne && kind != SchedulerKind.DDIM) {
            throw new InvalidSettingException(
                    kind + " always ends at no noise; setAlphaToOne = false is for " + SchedulerKind.DDIM + " only");
        }
        if (clipSample && !kind.canClip()) {
            throw new InvalidSettingException(
                    kind + " cannot clip samples; only " + SchedulerKind.that(SchedulerKind::canClip) + " can");
        }
        if (!(eta >= 0 && eta <= 1)) {
            throw new InvalidSettingException("Eta of " + kind + " is " + eta + "; expected 0 to 1");
        }
        if (eta > 0 && kind != SchedulerKind.DDIM) {
            throw new InvalidSettingException(
                    "Eta is " + eta + ", but " + kind + " has none; it is for " + SchedulerKind.DDIM + " only");
        }
        if (karrasSigmas && !kind.canUseKarrasSigmas()) {
            throw new InvalidSettingException(kind + " cannot use the noise levels of Karras et al.; "
                    + SchedulerKind.that(SchedulerKind::canUseKarrasSigmas) + " can");
        }
    }

    /**
     * Starts with the defaults of diffusers, except that nothing is clipped, since latents have no bounds: epsilon,
     * leading spacing for DDIM and DDPM and linspace for the others, no offset, no eta.
     */
    public static Builder builder(SchedulerKind kind, int steps) {
        return new Builder(kind, steps);
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

    /** Collects settings, which are checked when they are built. */
    public static final class Builder {

        private final SchedulerKind kind;
        private final int steps;
        private PredictedQuantity predictionType = PredictedQuantity.EPSILON;
        private TimestepSpacing timestepSpacing;
        private int stepsOffset;
        private boolean setAlphaToOne = true;
        private boolean clipSample;
        private double eta;
        private boolean karrasSigmas;
        private boolean zeroTerminalSnr;

        private Builder(SchedulerKind kind, int steps) {
            this.kind = kind;
            this.steps = steps;
            this.timestepSpacing = kind.defaultSpacing();
        }

        /** Sets what the UNet predicts; epsilon by default. */
        public Builder predictionType(PredictedQuantity value) {
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
            stepsOffset = value;
            return this;
        }

        /** Sets whether DDIM ends at no noise at all; true by default. */
        public Builder setAlphaToOne(boolean value) {
            setAlphaToOne = value;
            return this;
        }

        /** Sets whether DDIM and DDPM clip their estimate of the noise-free sample; false by default. */
        public Builder clipSample(boolean value) {
            clipSample = value;
            return this;
        }

        /** Sets how much noise DDIM adds, 0 to 1; 0 by default. */
        public Builder eta(double value) {
            eta = value;
            return this;
        }

        /** Sets whether the noise levels are those of Karras et al.; false by default. */
        public Builder karrasSigmas(boolean value) {
            karrasSigmas = value;
            return this;
        }

        /** Sets whether the noise schedule ends at pure noise; false by default. */
        public Builder zeroTerminalSnr(boolean value) {
            zeroTerminalSnr = value;
            return this;
        }

        /**
         * The settings collected so far.
         *
         * @throws InvalidSettingException if the scheduler cannot have them
         */
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
}
