package io.github.txt2lora.ops;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;

/**
 * The number of singular values of a module to retain: the fewest that reach the threshold of the rule, at least 1. The
 * rules are those of kohya's resize script, whose dynamic methods retain one more.
 */
public sealed interface RankRule {

    /** The same rank for all modules, 1 or more; a module of a lower rank keeps its own. */
    record Fixed(int rank) implements RankRule {
        /** Checks the rank. */
        public Fixed {
            Check.atLeast("rank", rank, 1);
        }
    }

    /**
     * The singular values greater than the largest one divided by {@code ratio} ({@code sv_ratio}).
     *
     * @param ratio greater than 1
     */
    record Ratio(double ratio) implements RankRule {
        /** Checks the ratio. */
        public Ratio {
            if (!(ratio > 1) || Double.isInfinite(ratio)) {
                throw InvalidSettingException.of("sv_ratio", ratio, "a number greater than 1");
            }
        }
    }

    /**
     * The singular values that retain this fraction of the Frobenius norm, the root of their sum of squares
     * ({@code sv_fro}).
     *
     * @param fraction above 0, at most 1
     */
    record Frobenius(double fraction) implements RankRule {
        /** Checks the fraction. */
        public Frobenius {
            requireFraction("sv_fro", fraction);
        }
    }

    /**
     * The singular values that retain this fraction of their sum ({@code sv_cumulative}).
     *
     * @param fraction above 0, at most 1
     */
    record Cumulative(double fraction) implements RankRule {
        /** Checks the fraction. */
        public Cumulative {
            requireFraction("sv_cumulative", fraction);
        }
    }

    private static void requireFraction(String setting, double fraction) {
        if (!(fraction > 0 && fraction <= 1)) {
            throw InvalidSettingException.of(setting, fraction, "a number above 0 and at most 1");
        }
    }
}
