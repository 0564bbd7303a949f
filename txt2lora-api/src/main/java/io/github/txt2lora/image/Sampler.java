package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.NearestWord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The methods of drawing an image out of noise; the names are those of diffusers' schedulers. */
public enum Sampler {
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

    Sampler(String displayName, String diffusersName) {
        this.displayName = displayName;
        this.diffusersName = diffusersName;
    }

    /** The name in AUTOMATIC1111's web UI, for example {@code Euler a}. */
    public String displayName() {
        return displayName;
    }

    /**
     * The sampler of a name in the web UI ({@code Euler a}), in diffusers ({@code EulerAncestralDiscreteScheduler}) or
     * here ({@code EULER_ANCESTRAL}); case does not matter.
     *
     * @throws InvalidSettingException if no sampler has the name; the message says which one is nearest
     */
    public static Sampler parse(String name) {
        String wanted = normalized(Check.given("sampler", name));
        Map<String, Sampler> known = new LinkedHashMap<>();
        for (Sampler sampler : values()) {
            known.put(normalized(sampler.displayName), sampler);
            known.put(normalized(sampler.name()), sampler);
            known.putIfAbsent(normalized(sampler.diffusersName), sampler);
        }
        Sampler sampler = known.get(wanted);
        if (sampler == null) {
            Sampler nearest = Objects.requireNonNull(known.get(NearestWord.to(wanted, known.keySet())));
            throw InvalidSettingException.of(
                    "sampler", name, "one of " + displayNames() + "; did you mean " + nearest.displayName + "?");
        }
        return sampler;
    }

    private static String displayNames() {
        return String.join(
                ", ", List.of(values()).stream().map(Sampler::displayName).toList());
    }

    private static String normalized(String name) {
        return name.strip().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return displayName;
    }
}
