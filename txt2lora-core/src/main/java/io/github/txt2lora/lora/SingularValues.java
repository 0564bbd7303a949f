package io.github.txt2lora.lora;

import io.github.txt2lora.ops.RankRule;
import java.util.function.DoubleUnaryOperator;

/** The singular values of a module, from the largest on, and what follows from keeping the first of them. */
final class SingularValues {

    /** A module whose largest singular value is not above this counts as zero, as in kohya's script. */
    private static final double ZERO = 1e-6;

    private final double[] values;

    SingularValues(double[] values) {
        this.values = values.clone();
    }

    int count() {
        return values.length;
    }

    double get(int index) {
        return values[index];
    }

    /**
     * The number of values that a rule keeps, from 1 to all.
     *
     * @param limit the most that may be kept
     */
    int rank(RankRule rule, int limit) {
        if (isZero()) {
            return 1;
        }
        int rank = unlimitedRank(rule);
        return Math.max(1, Math.min(Math.min(rank, limit), values.length));
    }

    private int unlimitedRank(RankRule rule) {
        if (rule instanceof RankRule.Fixed fixed) {
            return fixed.rank();
        }
        if (rule instanceof RankRule.Ratio ratio) {
            int rank = 0;
            while (rank < values.length && values[rank] > values[0] / ratio.ratio()) {
                rank++;
            }
            return rank;
        }
        if (rule instanceof RankRule.Frobenius frobenius) {
            return fewestWithSum(value -> value * value, frobenius.fraction() * frobenius.fraction());
        }
        RankRule.Cumulative cumulative = (RankRule.Cumulative) rule;
        return fewestWithSum(value -> value, cumulative.fraction());
    }

    private int fewestWithSum(DoubleUnaryOperator measure, double fraction) {
        double wanted = fraction * sum(measure, values.length);
        int rank = 1;
        while (rank < values.length && sum(measure, rank) < wanted) {
            rank++;
        }
        return rank;
    }

    /** The share of the sum that the first values keep; NaN if all are zero. */
    double sumRetained(int rank) {
        return isZero() ? Double.NaN : sum(value -> value, rank) / sum(value -> value, values.length);
    }

    /** The share of the Frobenius norm that the first values keep; NaN if all are zero. */
    double frobeniusRetained(int rank) {
        DoubleUnaryOperator square = value -> value * value;
        return isZero() ? Double.NaN : Math.sqrt(sum(square, rank) / sum(square, values.length));
    }

    /** The largest one over the last of the first ones; NaN if all are zero. */
    double maxRatio(int rank) {
        return isZero() ? Double.NaN : values[0] / values[rank - 1];
    }

    private boolean isZero() {
        return values[0] <= ZERO;
    }

    private double sum(DoubleUnaryOperator measure, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += measure.applyAsDouble(values[i]);
        }
        return sum;
    }
}
