package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys that say how a finished LoRA is made smaller. The rules have the names of kohya's resize script. */
final class ResizeKeys {

    private static final String NONE = "none";

    private static final Words<String> RULES = Words.of(NONE, NONE)
            .and("fixed", "fixed")
            .and("sv_ratio", "sv_ratio")
            .and("sv_fro", "sv_fro")
            .and("sv_cumulative", "sv_cumulative");

    private ResizeKeys() {}

    static Optional<ResizeSpec> read(SettingsKeys keys) {
        String rule = keys.value(SettingKey.RESIZE, Kind.of(RULES), NONE);
        if (rule.equals(NONE)) {
            SettingKey.RESIZE.details().stream()
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
            return Optional.of(new ResizeSpec(
                    rankRule(keys, rule),
                    integer(keys, SettingKey.RESIZE_MAX_RANK),
                    integer(keys, SettingKey.RESIZE_CONV_RANK),
                    Optional.ofNullable(keys.value(SettingKey.RESIZE_PRECISION, Kind.of(SettingWords.PRECISIONS)))));
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.RESIZE_VALUE, e.getMessage());
            return Optional.empty();
        }
    }

    private static RankRule rankRule(SettingsKeys keys, String rule) {
        return switch (rule) {
            case "fixed" -> new RankRule.Fixed(keys.value(SettingKey.RESIZE_VALUE, Kind.INTEGER, 1));
            case "sv_ratio" -> new RankRule.Ratio(keys.value(SettingKey.RESIZE_VALUE, Kind.NUMBER, 2.0));
            case "sv_fro" -> new RankRule.Frobenius(keys.value(SettingKey.RESIZE_VALUE, Kind.NUMBER, 1.0));
            default -> new RankRule.Cumulative(keys.value(SettingKey.RESIZE_VALUE, Kind.NUMBER, 1.0));
        };
    }

    private static OptionalInt integer(SettingsKeys keys, SettingKey key) {
        Integer value = keys.value(key, Kind.INTEGER);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    /** The word of a rule. */
    static String name(Optional<ResizeSpec> resize) {
        RankRule rule = resize.map(ResizeSpec::rule).orElse(null);
        if (rule instanceof RankRule.Fixed) {
            return "fixed";
        } else if (rule instanceof RankRule.Ratio) {
            return "sv_ratio";
        } else if (rule instanceof RankRule.Frobenius) {
            return "sv_fro";
        }
        return rule instanceof RankRule.Cumulative ? "sv_cumulative" : NONE;
    }

    /** The number of a rule. */
    static String value(ResizeSpec resize) {
        if (resize.rule() instanceof RankRule.Fixed fixed) {
            return String.valueOf(fixed.rank());
        } else if (resize.rule() instanceof RankRule.Ratio ratio) {
            return ScalarText.number(ratio.ratio());
        } else if (resize.rule() instanceof RankRule.Frobenius frobenius) {
            return ScalarText.number(frobenius.fraction());
        }
        return ScalarText.number(((RankRule.Cumulative) resize.rule()).fraction());
    }
}
