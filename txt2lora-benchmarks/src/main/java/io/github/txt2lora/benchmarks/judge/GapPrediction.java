package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.benchmarks.RankCorrelation;
import java.util.List;
import java.util.Locale;

/** How well the gap of LoRAs predicts what the judge sees in their images. */
final class GapPrediction {

    /** From here on a LoRA is good, and the differences that are left are small. */
    private static final double GOOD = 0.8;

    /** Fewer have an order by chance. */
    private static final int FEWEST = 5;

    private GapPrediction() {}

    /** Rank correlations of gap and closed share over all LoRAs of one character, and over the good ones. */
    static String describe(List<Verdict> verdicts) {
        List<Verdict> good =
                verdicts.stream().filter(verdict -> verdict.closed() > GOOD).toList();
        return "Rank correlation of gap and closed: " + correlation(verdicts) + "; above 80 %: " + correlation(good);
    }

    private static String correlation(List<Verdict> verdicts) {
        if (verdicts.size() < FEWEST) {
            return "too few LoRAs, " + verdicts.size();
        }
        double correlation = RankCorrelation.of(
                verdicts.stream().map(Verdict::gap).toList(),
                verdicts.stream().map(Verdict::closed).toList());
        return String.format(Locale.ROOT, "%.2f over %d LoRAs", correlation, verdicts.size());
    }
}
