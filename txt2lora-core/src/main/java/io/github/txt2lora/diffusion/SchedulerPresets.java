package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.SchedulerType;

/** The settings with which schedulers are used in practice. */
public final class SchedulerPresets {

    private SchedulerPresets() {}

    /**
     * The settings with which LECO denoises its way to a noisy sample: diffusers' defaults without clipping. DDIM and
     * DDPM have leading spacing without an offset, the others linspace. A model of zero terminal SNR starts
     * at the last timestep: trailing spacing for all.
     *
     * @param scheduler the method
     * @param steps number of steps, 1 to 1000; LECO has 50 as a rule
     * @param parameterization noise process of the model, and the quantity that its UNet predicts
     * @throws InvalidSettingException if steps is not within 1..1000
     */
    public static SchedulerConfig leco(SchedulerType scheduler, int steps, Parameterization parameterization) {
        return builder(scheduler, steps, parameterization).build();
    }

    /**
     * The settings with which Stable Diffusion draws images. DDIM and DDPM have leading spacing with an offset of 1 and
     * DDIM ends at the noise of timestep 0, as in the published configurations; the others have linspace, as in
     * diffusers and the web UIs. A model of zero terminal SNR starts at the last timestep: trailing spacing for all.
     *
     * @param scheduler the method
     * @param steps number of steps, 1 to 1000
     * @param parameterization noise process of the model, and the quantity that its UNet predicts
     * @throws InvalidSettingException if steps is not within 1..1000
     */
    public static SchedulerConfig stableDiffusion(
            SchedulerType scheduler, int steps, Parameterization parameterization) {
        SchedulerConfig.Builder builder = builder(scheduler, steps, parameterization);
        switch (scheduler) {
            case DDIM -> builder.stepsOffset(1).setAlphaToOne(false);
            case DDPM -> builder.stepsOffset(1);
            default -> {
                // The defaults.
            }
        }
        return builder.build();
    }

    private static SchedulerConfig.Builder builder(
            SchedulerType scheduler, int steps, Parameterization parameterization) {
        SchedulerConfig.Builder builder = SchedulerConfig.builder(SchedulerKind.of(scheduler), steps)
                .predictionType(parameterization.predictionType())
                .karrasSigmas(scheduler == SchedulerType.DPMPP_2M_KARRAS);
        if (parameterization.zeroTerminalSnr()) {
            builder.zeroTerminalSnr(true).timestepSpacing(TimestepSpacing.TRAILING);
        }
        return builder;
    }
}
