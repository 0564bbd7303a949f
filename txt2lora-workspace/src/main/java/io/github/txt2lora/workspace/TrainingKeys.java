package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.TrainingSpec;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** The keys that say how to train. */
final class TrainingKeys {

    static final Words<Precision> PRECISIONS = Words.of("float32", Precision.FP32)
            .and("float16", Precision.FP16)
            .and("bfloat16", Precision.BF16)
            .and("fp32", Precision.FP32)
            .and("fp16", Precision.FP16)
            .and("bf16", Precision.BF16)
            .alias("float", Precision.FP32)
            .alias("no", Precision.FP32)
            .alias("half", Precision.FP16);

    private static final Words<SchedulerType> NOISE_SCHEDULERS = Words.of("ddim", SchedulerType.DDIM)
            .and("ddpm", SchedulerType.DDPM)
            .and("lms", SchedulerType.LMS)
            .and("euler", SchedulerType.EULER)
            .and("euler_a", SchedulerType.EULER_ANCESTRAL)
            .and("dpmpp_2m", SchedulerType.DPMPP_2M)
            .and("dpmpp_2m_karras", SchedulerType.DPMPP_2M_KARRAS)
            .and("unipc", SchedulerType.UNIPC);

    private static final Words<TerminalSnr> TERMINAL_SNRS = Words.of("from_model", TerminalSnr.FROM_MODEL)
            .and("zero", TerminalSnr.ZERO)
            .and("above_zero", TerminalSnr.ABOVE_ZERO);

    private TrainingKeys() {}

    /** How to train, as far as the file says, and otherwise by the layout's defaults. */
    static TrainingSpec read(SettingsKeys keys) {
        TrainingSpec defaults = keys.layout().defaults();
        TrainingSpec.Builder builder = defaults.toBuilder();
        readModel(keys, defaults, builder);
        builder.lora(LoraShapeKeys.read(keys, defaults.lora()));
        builder.method(MethodKeys.read(keys, defaults.method()));
        builder.stopWhen(MethodKeys.readStopRule(keys, defaults.stopWhen()));
        builder.measureQuality(keys.flag(SettingKey.MEASURE_QUALITY, defaults.measureQuality()));
        readSteps(keys, defaults, builder);
        readSaves(keys, defaults, builder);
        builder.states(InterruptionKeys.readStates(keys, defaults.states()));
        builder.nonFinitePolicy(InterruptionKeys.readPolicy(keys, defaults.nonFinitePolicy()));
        try {
            return builder.build();
        } catch (InvalidSettingException e) {
            boolean isOfIterations = e.getMessage().startsWith("iterations");
            keys.report(isOfIterations ? SettingKey.TRAIN_ITERATIONS : SettingKey.LR_WARMUP_STEPS, e.getMessage());
            return defaults;
        }
    }

    private static void readModel(SettingsKeys keys, TrainingSpec defaults, TrainingSpec.Builder builder) {
        builder.predictionType(
                keys.choice(SettingKey.PREDICTION, keys.layout().predictions(), defaults.predictionType()));
        builder.terminalSnr(keys.choice(SettingKey.TERMINAL_SNR, TERMINAL_SNRS, defaults.terminalSnr()));
        keys.apply(SettingKey.CLIP_SKIP, keys.integer(SettingKey.CLIP_SKIP, defaults.clipSkip()), builder::clipSkip);
    }

    private static void readSteps(SettingsKeys keys, TrainingSpec defaults, TrainingSpec.Builder builder) {
        keys.apply(
                SettingKey.TRAIN_ITERATIONS,
                keys.integer(SettingKey.TRAIN_ITERATIONS, defaults.iterations()),
                builder::iterations);
        keys.apply(
                SettingKey.TRAIN_LR, keys.number(SettingKey.TRAIN_LR, defaults.learningRate()), builder::learningRate);
        builder.optimizer(OptimizerKeys.read(keys, defaults.optimizer()));
        builder.learningRateSchedule(ScheduleKeys.read(keys, defaults.learningRateSchedule()));
        keys.apply(
                SettingKey.LR_WARMUP_STEPS,
                keys.integer(SettingKey.LR_WARMUP_STEPS, defaults.warmupIterations()),
                builder::warmupIterations);
        builder.noiseScheduler(keys.choice(SettingKey.NOISE_SCHEDULER, NOISE_SCHEDULERS, defaults.noiseScheduler()));
        keys.apply(
                SettingKey.MAX_DENOISING_STEPS,
                keys.integer(SettingKey.MAX_DENOISING_STEPS, defaults.maxDenoisingSteps()),
                builder::maxDenoisingSteps);
        keys.apply(
                SettingKey.ROLLOUT_GUIDANCE_SCALE,
                keys.number(SettingKey.ROLLOUT_GUIDANCE_SCALE, defaults.rolloutGuidanceScale()),
                builder::rolloutGuidanceScale);
        keys.apply(
                SettingKey.GRADIENT_ACCUMULATION,
                keys.integer(SettingKey.GRADIENT_ACCUMULATION, defaults.gradientAccumulationSteps()),
                builder::gradientAccumulationSteps);
        if (keys.given(SettingKey.MAX_GRAD_NORM)) {
            keys.apply(SettingKey.MAX_GRAD_NORM, keys.number(SettingKey.MAX_GRAD_NORM, 1), builder::maxGradientNorm);
        }
        builder.seed(keys.wholeNumber(SettingKey.SEED, defaults.seed()));
        builder.precision(keys.choice(SettingKey.PRECISION, PRECISIONS, defaults.precision()));
    }

    private static void readSaves(SettingsKeys keys, TrainingSpec defaults, TrainingSpec.Builder builder) {
        keys.apply(
                SettingKey.SAVE_PER_STEPS,
                keys.integer(SettingKey.SAVE_PER_STEPS, defaults.saveEvery()),
                builder::saveEvery);
        builder.savePrecision(keys.choice(SettingKey.SAVE_PRECISION, PRECISIONS, defaults.savePrecision()));
        builder.timestamp(readTimestamp(keys));
    }

    private static @Nullable Instant readTimestamp(SettingsKeys keys) {
        if (!keys.given(SettingKey.TIMESTAMP)) {
            return null;
        }
        String text = keys.text(SettingKey.TIMESTAMP, "");
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            keys.report(SettingKey.TIMESTAMP, text, "a time such as 2024-12-31T23:59:59Z");
            return null;
        }
    }

    static void write(TrainingSpec training, SettingsTexts texts) {
        if (training.predictionType() != texts.layout().defaults().predictionType()) {
            texts.word(SettingKey.PREDICTION, texts.layout().predictions().word(training.predictionType()));
        }
        texts.word(SettingKey.TERMINAL_SNR, TERMINAL_SNRS.word(training.terminalSnr()));
        texts.wholeNumber(SettingKey.CLIP_SKIP, training.clipSkip());
        LoraShapeKeys.write(training.lora(), texts);
        texts.wholeNumber(SettingKey.TRAIN_ITERATIONS, training.iterations());
        texts.number(SettingKey.TRAIN_LR, training.learningRate());
        OptimizerKeys.write(training.optimizer(), texts);
        ScheduleKeys.write(training.learningRateSchedule(), texts);
        texts.wholeNumber(SettingKey.LR_WARMUP_STEPS, training.warmupIterations());
        MethodKeys.write(training.method(), texts);
        MethodKeys.write(training.stopWhen(), texts);
        texts.flag(SettingKey.MEASURE_QUALITY, training.measureQuality());
        texts.word(SettingKey.NOISE_SCHEDULER, NOISE_SCHEDULERS.word(training.noiseScheduler()));
        texts.wholeNumber(SettingKey.MAX_DENOISING_STEPS, training.maxDenoisingSteps());
        texts.number(SettingKey.ROLLOUT_GUIDANCE_SCALE, training.rolloutGuidanceScale());
        texts.wholeNumber(SettingKey.GRADIENT_ACCUMULATION, training.gradientAccumulationSteps());
        Double maxGradientNorm = training.maxGradientNorm();
        if (maxGradientNorm != null) {
            texts.number(SettingKey.MAX_GRAD_NORM, maxGradientNorm);
        }
        texts.wholeNumber(SettingKey.SEED, training.seed());
        texts.word(SettingKey.PRECISION, PRECISIONS.word(training.precision()));
        texts.wholeNumber(SettingKey.SAVE_PER_STEPS, training.saveEvery());
        texts.word(SettingKey.SAVE_PRECISION, PRECISIONS.word(training.savePrecision()));
        Instant timestamp = training.timestamp();
        if (timestamp != null) {
            texts.text(SettingKey.TIMESTAMP, timestamp.toString());
        }
        InterruptionKeys.writeStates(training.states(), texts);
        InterruptionKeys.writePolicy(training.nonFinitePolicy(), texts);
    }
}
