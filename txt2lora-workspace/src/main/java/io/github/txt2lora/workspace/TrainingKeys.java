package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.TrainingSpec;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

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
        builder.stopping(stopping -> stopping.withRule(
                MethodKeys.readStopRule(keys, defaults.stopping().rule())));
        builder.stopping(stopping -> stopping.withMeasureQuality(
                keys.flag(SettingKey.MEASURE_QUALITY, defaults.stopping().measureQuality())));
        readSteps(keys, defaults, builder);
        readSaves(keys, defaults, builder);
        builder.saving(saving -> saving.withStates(
                InterruptionKeys.readStates(keys, defaults.saving().states())));
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
        builder.modelUse(use -> use.withPredictionType(keys.choice(
                SettingKey.PREDICTION,
                keys.layout().predictions(),
                defaults.modelUse().predictionType())));
        builder.modelUse(use -> use.withTerminalSnr(keys.choice(
                SettingKey.TERMINAL_SNR, TERMINAL_SNRS, defaults.modelUse().terminalSnr())));
        keys.apply(
                SettingKey.CLIP_SKIP,
                keys.integer(SettingKey.CLIP_SKIP, defaults.modelUse().clipSkip()),
                value -> builder.modelUse(use -> use.withClipSkip(value)));
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
        keys.apply(
                SettingKey.GRADIENT_ACCUMULATION,
                keys.integer(SettingKey.GRADIENT_ACCUMULATION, defaults.gradientAccumulationSteps()),
                builder::gradientAccumulationSteps);
        if (keys.given(SettingKey.MAX_GRAD_NORM)) {
            keys.apply(SettingKey.MAX_GRAD_NORM, keys.number(SettingKey.MAX_GRAD_NORM, 1), builder::maxGradientNorm);
        }
        builder.seed(keys.wholeNumber(SettingKey.SEED, defaults.seed()));
        builder.modelUse(use -> use.withPrecision(keys.choice(
                SettingKey.PRECISION, PRECISIONS, defaults.modelUse().precision())));
    }

    private static void readSaves(SettingsKeys keys, TrainingSpec defaults, TrainingSpec.Builder builder) {
        keys.apply(
                SettingKey.SAVE_PER_STEPS,
                keys.integer(SettingKey.SAVE_PER_STEPS, defaults.saving().everyIterations()),
                value -> builder.saving(saving -> saving.withEveryIterations(value)));
        builder.saving(saving -> saving.withPrecision(keys.choice(
                SettingKey.SAVE_PRECISION, PRECISIONS, defaults.saving().precision())));
        builder.saving(saving -> saving.withTimestamp(readTimestamp(keys)));
    }

    private static Optional<Instant> readTimestamp(SettingsKeys keys) {
        if (!keys.given(SettingKey.TIMESTAMP)) {
            return Optional.empty();
        }
        String text = keys.text(SettingKey.TIMESTAMP, "");
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            keys.report(SettingKey.TIMESTAMP, text, "a time such as 2024-12-31T23:59:59Z");
            return Optional.empty();
        }
    }

    static void write(TrainingSpec training, SettingsTexts texts) {
        if (training.modelUse().predictionType()
                != texts.layout().defaults().modelUse().predictionType()) {
            texts.word(
                    SettingKey.PREDICTION,
                    texts.layout().predictions().word(training.modelUse().predictionType()));
        }
        texts.word(
                SettingKey.TERMINAL_SNR, TERMINAL_SNRS.word(training.modelUse().terminalSnr()));
        texts.wholeNumber(SettingKey.CLIP_SKIP, training.modelUse().clipSkip());
        LoraShapeKeys.write(training.lora(), texts);
        texts.wholeNumber(SettingKey.TRAIN_ITERATIONS, training.iterations());
        texts.number(SettingKey.TRAIN_LR, training.learningRate());
        OptimizerKeys.write(training.optimizer(), texts);
        ScheduleKeys.write(training.learningRateSchedule(), texts);
        texts.wholeNumber(SettingKey.LR_WARMUP_STEPS, training.warmupIterations());
        MethodKeys.write(training.method(), texts);
        MethodKeys.write(training.stopping().rule(), texts);
        texts.flag(SettingKey.MEASURE_QUALITY, training.stopping().measureQuality());
        texts.wholeNumber(SettingKey.GRADIENT_ACCUMULATION, training.gradientAccumulationSteps());
        training.maxGradientNorm().ifPresent(norm -> texts.number(SettingKey.MAX_GRAD_NORM, norm));
        texts.wholeNumber(SettingKey.SEED, training.seed());
        texts.word(SettingKey.PRECISION, PRECISIONS.word(training.modelUse().precision()));
        texts.wholeNumber(SettingKey.SAVE_PER_STEPS, training.saving().everyIterations());
        texts.word(SettingKey.SAVE_PRECISION, PRECISIONS.word(training.saving().precision()));
        training.saving().timestamp().ifPresent(time -> texts.text(SettingKey.TIMESTAMP, time.toString()));
        InterruptionKeys.writeStates(training.saving().states(), texts);
        InterruptionKeys.writePolicy(training.nonFinitePolicy(), texts);
    }
}
