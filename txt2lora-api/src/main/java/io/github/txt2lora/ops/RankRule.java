package io.github.txt2lora.ops;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;

/**
 * How many singular values of a module are retained: the fewest that reach the rule's threshold, and at least one. The
 * rules are those of kohya's resize script, whose dynamic methods retain one more.
 */
public sealed interface RankRule {

    /** The same rank for all modules; a module of a lower rank keeps its own. */
    record Fixed(int rank) implements RankRule {
        /** Checks the rank. */
        public Fixed {
            Check.atLeast("rank", rank, 1);
        }
    }

    /**
     * All singular values greater than the largest one divided by {@code ratio} ({@code sv_ratio}).
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
     * As many as keep this fraction of the Frobenius norm, the root of the sum of squares ({@code sv_fro}).
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
     * As many as keep this fraction of the singular values' sum ({@code sv_cumulative}).
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
