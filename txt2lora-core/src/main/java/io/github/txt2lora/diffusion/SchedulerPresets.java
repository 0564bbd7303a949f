package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.NoiseScheduler;
import io.github.txt2lora.image.Sampler;

/** The settings with which samplers are used in practice. */
public final class SchedulerPresets {

    private SchedulerPresets() {}

    /**
     * The settings with which LECO denoises its way to a noisy sample: diffusers' defaults without clipping. DDIM and
     * DDPM have leading spacing without an offset, LMS and Euler ancestral linspace.
     *
     * @param scheduler the method
     * @param steps number of steps, 1 to 1000; LECO has 50 as a rule
     * @param predictionType what the UNet predicts
     * @throws InvalidSettingException if steps is not within 1..1000
     */
    public static SchedulerConfig leco(NoiseScheduler scheduler, int steps, PredictionType predictionType) {
        SchedulerKind kind = switch (scheduler) {
            case DDIM -> SchedulerKind.DDIM;
            case DDPM -> SchedulerKind.DDPM;
            case LMS -> SchedulerKind.LMS;
            case EULER_ANCESTRAL -> SchedulerKind.EULER_ANCESTRAL;
        };
        return SchedulerConfig.builder(kind, steps)
                .predictionType(predictionType)
                .build();
    }

    /**
     * The settings with which Stable Diffusion draws pictures. DDIM and DDPM have leading spacing with an offset of 1
     * and DDIM ends at the noise of timestep 0, as in the published configurations; the others have linspace, as in
     * diffusers and the web UIs. A model of zero terminal SNR starts at the last timestep: trailing spacing for all.
     *
     * @param sampler the method
     * @param steps number of steps, 1 to 1000
     * @param predictionType what the UNet predicts
     * @param zeroTerminalSnr whether the model was trained with a schedule that ends at pure noise
     * @throws InvalidSettingException if steps is not within 1..1000, or zero terminal SNR meets epsilon, which says
     *     nothing about the picture at pure noise
     */
    public static SchedulerConfig stableDiffusion(
            Sampler sampler, int steps, PredictionType predictionType, boolean zeroTerminalSnr) {
        SchedulerConfig.Builder builder =
                SchedulerConfig.builder(kind(sampler), steps).predictionType(predictionType);
        switch (sampler) {
            case DDIM -> builder.stepsOffset(1).setAlphaToOne(false);
            case DDPM -> builder.stepsOffset(1);
            case DPMPP_2M_KARRAS -> builder.karrasSigmas(true);
            case LMS, EULER, EULER_ANCESTRAL, DPMPP_2M, UNIPC -> {
                // The defaults.
            }
        }
        if (zeroTerminalSnr) {
            if (predictionType == PredictionType.EPSILON) {
                throw new InvalidSettingException(
                        "A model of zero terminal SNR cannot predict epsilon; found both, expected v-prediction. "
                                + "Correct the prediction type or switch zero terminal SNR off");
            }
            builder.zeroTerminalSnr(true).timestepSpacing(TimestepSpacing.TRAILING);
        }
        return builder.build();
    }

    private static SchedulerKind kind(Sampler sampler) {
        return switch (sampler) {
            case DDIM -> SchedulerKind.DDIM;
            case DDPM -> SchedulerKind.DDPM;
            case LMS -> SchedulerKind.LMS;
            case EULER -> SchedulerKind.EULER;
            case EULER_ANCESTRAL -> SchedulerKind.EULER_ANCESTRAL;
            case DPMPP_2M, DPMPP_2M_KARRAS -> SchedulerKind.DPM_SOLVER_PLUS_PLUS;
            case UNIPC -> SchedulerKind.UNI_PC;
        };
    }
}
