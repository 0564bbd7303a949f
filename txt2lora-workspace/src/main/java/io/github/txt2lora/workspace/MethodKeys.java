package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import java.util.OptionalDouble;

/**
 * The keys that say how an iteration finds out what to change, and when it is enough: {@code latents},
 * {@code min_timestep}, {@code max_timestep}, {@code loss_weighting}, {@code min_snr_gamma}, {@code preservation},
 * {@code preservation_weight}, {@code start}, {@code stop_gap_below}, {@code stop_no_better_for} and
 * {@code stop_measured_every}.
 */
final class MethodKeys {

    private static final Words<LossWeighting> WEIGHTINGS =
            Words.of("uniform", (LossWeighting) LossWeighting.uniform()).and("min_snr", LossWeighting.minSnr());

    private static final Words<Preservation> PRESERVATIONS = Words.of("added", Preservation.addingPrompts())
            .and("given", Preservation.ofGiven())
            .and("drawn", Preservation.drawn());

    static final Words<SchedulerType> SCHEDULERS = Words.of("ddim", SchedulerType.DDIM)
            .and("ddpm", SchedulerType.DDPM)
            .and("lms", SchedulerType.LMS)
            .and("euler", SchedulerType.EULER)
            .and("euler_a", SchedulerType.EULER_ANCESTRAL)
            .and("dpmpp_2m", SchedulerType.DPMPP_2M)
            .and("dpmpp_2m_karras", SchedulerType.DPMPP_2M_KARRAS)
            .and("unipc", SchedulerType.UNIPC);

    private static final Words<LoraStart> STARTS =
            Words.of("zero", LoraStart.ZERO).and("closed_form", LoraStart.CLOSED_FORM);

    private MethodKeys() {}

    static TrainingMethod read(SettingsKeys keys, TrainingMethod defaults) {
        LatentSource latents = readLatents(keys, defaults.latents(), readRollout(keys, RolloutSpec.defaults()));
        TimestepRange timesteps = readTimesteps(keys, defaults.timesteps());
        LossWeighting weighting = readWeighting(keys, defaults.lossWeighting());
        Preservation preservation = readPreservation(keys, defaults.preservation());
        LoraStart start = keys.choice(SettingKey.START, STARTS, defaults.start());
        try {
            return new TrainingMethod(latents, timesteps, weighting, preservation, start);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.LATENTS, e.getMessage());
            return defaults;
        }
    }

    private static RolloutSpec readRollout(SettingsKeys keys, RolloutSpec defaults) {
        RolloutSpec rollout =
                defaults.withScheduler(keys.choice(SettingKey.NOISE_SCHEDULER, SCHEDULERS, defaults.scheduler()));
        rollout = keys.applied(
                SettingKey.MAX_DENOISING_STEPS,
                rollout,
                spec -> spec.withSteps(keys.integer(SettingKey.MAX_DENOISING_STEPS, spec.steps())));
        return keys.applied(
                SettingKey.ROLLOUT_GUIDANCE_SCALE,
                rollout,
                spec -> spec.withGuidanceScale(keys.number(SettingKey.ROLLOUT_GUIDANCE_SCALE, spec.guidanceScale())));
    }

    private static LatentSource readLatents(SettingsKeys keys, LatentSource fallback, RolloutSpec rollout) {
        if (!keys.given(SettingKey.LATENTS)) {
            return fallback.withRollout(spec -> rollout);
        }
        try {
            return LatentSourceText.parse(keys.text(SettingKey.LATENTS, ""), rollout);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.LATENTS, e.getMessage());
            return fallback;
        }
    }

    private static TimestepRange readTimesteps(SettingsKeys keys, TimestepRange defaults) {
        int minimum = keys.integer(SettingKey.MIN_TIMESTEP, defaults.minimum());
        int maximum = keys.integer(SettingKey.MAX_TIMESTEP, defaults.maximum());
        try {
            return TimestepRange.of(minimum, maximum);
        } catch (InvalidSettingException e) {
            keys.report(
                    keys.given(SettingKey.MIN_TIMESTEP) ? SettingKey.MIN_TIMESTEP : SettingKey.MAX_TIMESTEP,
                    e.getMessage());
            return defaults;
        }
    }

    private static LossWeighting readWeighting(SettingsKeys keys, LossWeighting fallback) {
        // a gamma of the default's own is no choice of words
        LossWeighting weighting = keys.given(SettingKey.LOSS_WEIGHTING)
                ? keys.choice(SettingKey.LOSS_WEIGHTING, WEIGHTINGS, LossWeighting.uniform())
                : fallback;
        if (!keys.given(SettingKey.MIN_SNR_GAMMA)) {
            return weighting;
        }
        double gamma = keys.number(SettingKey.MIN_SNR_GAMMA, 1);
        if (!(weighting instanceof LossWeighting.MinSnr)) {
            keys.report(SettingKey.MIN_SNR_GAMMA, "has no effect; expected it beside loss_weighting: min_snr");
            return weighting;
        }
        try {
            return new LossWeighting.MinSnr(gamma);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.MIN_SNR_GAMMA, e.getMessage());
            return weighting;
        }
    }

    private static Preservation readPreservation(SettingsKeys keys, Preservation fallback) {
        Preservation preservation = keys.given(SettingKey.PRESERVATION)
                ? keys.choice(SettingKey.PRESERVATION, PRESERVATIONS, Preservation.addingPrompts())
                : fallback;
        try {
            return preservation.withWeight(keys.number(SettingKey.PRESERVATION_WEIGHT, preservation.weight()));
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.PRESERVATION_WEIGHT, e.getMessage());
            return preservation;
        }
    }

    static StopRule readStopRule(SettingsKeys keys, StopRule defaults) {
        OptionalDouble gapBelow = keys.given(SettingKey.STOP_GAP_BELOW)
                ? OptionalDouble.of(keys.number(SettingKey.STOP_GAP_BELOW, 1))
                : defaults.gapBelow();
        int noBetterFor = keys.integer(SettingKey.STOP_NO_BETTER_FOR, defaults.noBetterFor());
        int every = keys.integer(SettingKey.STOP_MEASURED_EVERY, defaults.everyIterations());
        try {
            return new StopRule(gapBelow, noBetterFor, every);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.STOP_GAP_BELOW, e.getMessage());
            return defaults;
        }
    }

    static void write(TrainingMethod method, SettingsTexts texts) {
        method.latents().rolloutSpec().ifPresent(rollout -> {
            texts.word(SettingKey.NOISE_SCHEDULER, SCHEDULERS.word(rollout.scheduler()));
            texts.wholeNumber(SettingKey.MAX_DENOISING_STEPS, rollout.steps());
            texts.number(SettingKey.ROLLOUT_GUIDANCE_SCALE, rollout.guidanceScale());
        });
        texts.text(SettingKey.LATENTS, LatentSourceText.of(method.latents()));
        texts.wholeNumber(SettingKey.MIN_TIMESTEP, method.timesteps().minimum());
        texts.wholeNumber(SettingKey.MAX_TIMESTEP, method.timesteps().maximum());
        if (method.lossWeighting() instanceof LossWeighting.MinSnr minSnr) {
            texts.word(SettingKey.LOSS_WEIGHTING, "min_snr");
            texts.number(SettingKey.MIN_SNR_GAMMA, minSnr.gamma());
        } else {
            texts.word(SettingKey.LOSS_WEIGHTING, "uniform");
        }
        texts.word(SettingKey.PRESERVATION, word(method.preservation()));
        texts.number(SettingKey.PRESERVATION_WEIGHT, method.preservation().weight());
        texts.word(SettingKey.START, STARTS.word(method.start()));
    }

    private static String word(Preservation preservation) {
        return PRESERVATIONS.values().entrySet().stream()
                .filter(entry ->
                        entry.getValue().withWeight(preservation.weight()).equals(preservation))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    static void write(StopRule rule, SettingsTexts texts) {
        rule.gapBelow().ifPresent(gap -> texts.number(SettingKey.STOP_GAP_BELOW, gap));
        texts.wholeNumber(SettingKey.STOP_NO_BETTER_FOR, rule.noBetterFor());
        texts.wholeNumber(SettingKey.STOP_MEASURED_EVERY, rule.everyIterations());
    }
}
