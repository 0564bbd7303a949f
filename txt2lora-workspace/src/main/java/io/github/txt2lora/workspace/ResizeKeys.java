package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import java.util.List;
import java.util.Optional;

/** The keys that say how a finished LoRA is made smaller. The rules have the names of kohya's resize script. */
final class ResizeKeys {

    private static final String NONE = "none";

    private static final Words<String> RULES = Words.of(NONE, NONE)
            .and("fixed", "fixed")
            .and("sv_ratio", "sv_ratio")
            .and("sv_fro", "sv_fro")
            .and("sv_cumulative", "sv_cumulative");

    private static final List<SettingKey> DETAILS = List.of(
            SettingKey.RESIZE_VALUE,
            SettingKey.RESIZE_MAX_RANK,
            SettingKey.RESIZE_CONV_RANK,
            SettingKey.RESIZE_PRECISION);

    private ResizeKeys() {}

    static Optional<ResizeSpec> read(SettingsKeys keys) {
        String rule = keys.choice(SettingKey.RESIZE, RULES, NONE);
        if (rule.equals(NONE)) {
            DETAILS.stream()
                    .filter(keys::given)
                    .forEach(key -> keys.report(
                            key, "has no effect; expected it beside resize, which is one of " + RULES.list()));
            return Optional.empty();
        }
        if (!keys.given(SettingKey.RESIZE_VALUE)) {
            keys.report(
                    SettingKey.RESIZE,
                    "resize_value is missing; expected a rank for fixed, a ratio above 1 for sv_ratio, or a fraction"
                            + " such as 0.9 for sv_fro and sv_cumulative");
            return Optional.empty();
        }
        return read(keys, rule);
    }

    private static Optional<ResizeSpec> read(SettingsKeys keys, String rule) {
        try {
            Optional<Precision> precision = keys.given(SettingKey.RESIZE_PRECISION)
                    ? Optional.of(keys.choice(SettingKey.RESIZE_PRECISION, TrainingKeys.PRECISIONS, Precision.FP16))
                    : Optional.empty();
            return Optional.of(new ResizeSpec(
                    rankRule(keys, rule),
                    keys.integerIfGiven(SettingKey.RESIZE_MAX_RANK),
                    keys.integerIfGiven(SettingKey.RESIZE_CONV_RANK),
                    precision));
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.RESIZE_VALUE, e.getMessage());
            return Optional.empty();
        }
    }

    private static RankRule rankRule(SettingsKeys keys, String rule) {
        return switch (rule) {
            case "fixed" -> new RankRule.Fixed(keys.integer(SettingKey.RESIZE_VALUE, 1));
            case "sv_ratio" -> new RankRule.Ratio(keys.number(SettingKey.RESIZE_VALUE, 2));
            case "sv_fro" -> new RankRule.Frobenius(keys.number(SettingKey.RESIZE_VALUE, 1));
            default -> new RankRule.Cumulative(keys.number(SettingKey.RESIZE_VALUE, 1));
        };
    }

    static void write(Optional<ResizeSpec> resize, SettingsTexts texts) {
        texts.word(SettingKey.RESIZE, NONE);
        resize.ifPresent(spec -> {
            write(spec.rule(), texts);
            texts.wholeNumber(SettingKey.RESIZE_MAX_RANK, spec.maxRank());
            texts.wholeNumber(SettingKey.RESIZE_CONV_RANK, spec.convRank());
            spec.precision()
                    .ifPresent(precision ->
                            texts.word(SettingKey.RESIZE_PRECISION, TrainingKeys.PRECISIONS.word(precision)));
        });
    }

    private static void write(RankRule rule, SettingsTexts texts) {
        if (rule instanceof RankRule.Fixed fixed) {
            texts.word(SettingKey.RESIZE, "fixed");
            texts.wholeNumber(SettingKey.RESIZE_VALUE, fixed.rank());
        } else if (rule instanceof RankRule.Ratio ratio) {
            write("sv_ratio", ratio.ratio(), texts);
        } else if (rule instanceof RankRule.Frobenius frobenius) {
            write("sv_fro", frobenius.fraction(), texts);
        } else if (rule instanceof RankRule.Cumulative cumulative) {
            write("sv_cumulative", cumulative.fraction(), texts);
        }
    }

    private static void write(String rule, double value, SettingsTexts texts) {
        texts.word(SettingKey.RESIZE, rule);
        texts.number(SettingKey.RESIZE_VALUE, value);
    }
}
