package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.NearestWord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The scheduler that removes noise step by step, in images and in rollouts; named as diffusers' schedulers and as
 * samplers in web UIs.
 */
public enum SchedulerType {
    /** Denoising diffusion implicit models, without added noise. */
    DDIM("DDIM", "DDIMScheduler"),
    /** Denoising diffusion probabilistic models; draws noise in every step. */
    DDPM("DDPM", "DDPMScheduler"),
    /** Linear multi-step of order 4. */
    LMS("LMS", "LMSDiscreteScheduler"),
    /** Euler's method. */
    EULER("Euler", "EulerDiscreteScheduler"),
    /** Euler's method with ancestral sampling; draws noise in every step. */
    EULER_ANCESTRAL("Euler a", "EulerAncestralDiscreteScheduler"),
    /** DPM-Solver++ of order 2, multi-step. */
    DPMPP_2M("DPM++ 2M", "DPMSolverMultistepScheduler"),
    /** As {@link #DPMPP_2M}, with Karras' noise levels. */
    DPMPP_2M_KARRAS("DPM++ 2M Karras", "DPMSolverMultistepScheduler"),
    /** UniPC of order 2. */
    UNIPC("UniPC", "UniPCMultistepScheduler");

    private final String displayName;
    private final String diffusersName;

    SchedulerType(String displayName, String diffusersName) {
        this.displayName = displayName;
        this.diffusersName = diffusersName;
    }

    /** The name in AUTOMATIC1111's web UI, for example {@code Euler a}. */
    public String displayName() {
        return displayName;
    }

    /**
     * The scheduler of a name in the web UI ({@code Euler a}), in diffusers ({@code EulerAncestralDiscreteScheduler})
     * or here ({@code EULER_ANCESTRAL}); case does not matter.
     *
     * @throws InvalidSettingException if no scheduler has the name; the message says which one is nearest
     */
    public static SchedulerType parse(String name) {
        String wanted = normalized(Check.given("scheduler", name));
        Map<String, SchedulerType> known = new LinkedHashMap<>();
        for (SchedulerType scheduler : values()) {
            known.put(normalized(scheduler.displayName), scheduler);
            known.put(normalized(scheduler.name()), scheduler);
            known.putIfAbsent(normalized(scheduler.diffusersName), scheduler);
        }
        SchedulerType scheduler = known.get(wanted);
        if (scheduler == null) {
            SchedulerType nearest = Objects.requireNonNull(known.get(NearestWord.to(wanted, known.keySet())));
            throw InvalidSettingException.of(
                    "scheduler", name, "one of " + displayNames() + "; did you mean " + nearest.displayName + "?");
        }
        return scheduler;
    }

    private static String displayNames() {
        return String.join(
                ", ", List.of(values()).stream().map(SchedulerType::displayName).toList());
    }

    private static String normalized(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return displayName;
    }
}
