package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.NoiseScheduler;
import io.github.txt2lora.image.Sampler;

/** The settings with which samplers are used in practice. */
public final class SchedulerPresets {

    private SchedulerPresets() {}

    /**
     * The settings with which LECO denoises its way to a noisy sample: diffusers' defaults without clipping. DDIM and
     * DDPM have leading spacing without an offset, LMS and Euler ancestral linspace. A model of zero terminal SNR starts
     * at the last timestep: trailing spacing for all.
     *
     * @param scheduler the method
     * @param steps number of steps, 1 to 1000; LECO has 50 as a rule
     * @param parameterization what the UNet predicts
     * @throws InvalidSettingException if steps is not within 1..1000
     */
    public static SchedulerConfig leco(NoiseScheduler scheduler, int steps, Parameterization parameterization) {
        return builder(SchedulerKind.valueOf(scheduler.name()), steps, parameterization)
                .build();
    }

    /**
     * The settings with which Stable Diffusion draws pictures. DDIM and DDPM have leading spacing with an offset of 1
     * and DDIM ends at the noise of timestep 0, as in the published configurations; the others have linspace, as in
     * diffusers and the web UIs. A model of zero terminal SNR starts at the last timestep: trailing spacing for all.
     *
     * @param sampler the method
     * @param steps number of steps, 1 to 1000
     * @param parameterization what the UNet predicts
     * @throws InvalidSettingException if steps is not within 1..1000
     */
    public static SchedulerConfig stableDiffusion(Sampler sampler, int steps, Parameterization parameterization) {
        SchedulerConfig.Builder builder = builder(SchedulerKind.of(sampler), steps, parameterization);
        switch (sampler) {
            case DDIM -> builder.stepsOffset(1).setAlphaToOne(false);
            case DDPM -> builder.stepsOffset(1);
            case DPMPP_2M_KARRAS -> builder.karrasSigmas(true);
            default -> {
                // The defaults.
            }
        }
        return builder.build();
    }

    private static SchedulerConfig.Builder builder(SchedulerKind kind, int steps, Parameterization parameterization) {
        SchedulerConfig.Builder builder =
                SchedulerConfig.builder(kind, steps).predictionType(parameterization.predictionType());
        if (parameterization.zeroTerminalSnr()) {
            builder.zeroTerminalSnr(true).timestepSpacing(TimestepSpacing.TRAILING);
        }
        return builder;
    }
}
