package io.github.txt2lora.cli;

import io.github.txt2lora.ops.RankRule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The rule by which a LoRA is made smaller; picocli sees to it that it is one. */
final class RankRuleChoice {

    @Option(names = "--rank", paramLabel = "N", description = "The same rank for all modules.")
    private @Nullable Integer rank;

    @Option(
            names = "--sv-ratio",
            paramLabel = "RATIO",
            description = "Keep the singular values above the largest one divided by this number, greater than 1.")
    private @Nullable Double ratio;

    @Option(
            names = "--sv-fro",
            paramLabel = "FRACTION",
            description = "Keep this fraction of the Frobenius norm, for example 0.95.")
    private @Nullable Double frobenius;

    @Option(
            names = "--sv-cumulative",
            paramLabel = "FRACTION",
            description = "Keep this fraction of the sum of the singular values.")
    private @Nullable Double cumulative;

    /**
     * The rule.
     *
     * @throws io.github.txt2lora.InvalidSettingException if its number is outside its range
     */
    RankRule rule() {
        if (rank != null) {
            return new RankRule.Fixed(rank);
        } else if (ratio != null) {
            return new RankRule.Ratio(ratio);
        } else if (frobenius != null) {
            return new RankRule.Frobenius(frobenius);
        } else if (cumulative != null) {
            return new RankRule.Cumulative(cumulative);
        }
        throw new IllegalStateException("picocli makes a choice only when one of its options is given");
    }
}
