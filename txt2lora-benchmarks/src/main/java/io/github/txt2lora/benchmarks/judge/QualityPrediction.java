package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.benchmarks.RankCorrelation;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** How well gap and recognition of LoRAs predict what the judge sees in their images. */
final class QualityPrediction {

    /** From here on a LoRA is good, and the differences that are left are small. */
    private static final double GOOD = 0.8;

    /** Fewer have an order by chance. */
    private static final int FEWEST = 5;

    private QualityPrediction() {}

    /** Rank correlations with the closed share, over all LoRAs of one character and over the good ones. */
    static String describe(List<Verdict> verdicts) {
        return describe("gap", verdicts, Verdict::gap) + "\n" + describe("recognition", verdicts, Verdict::recognition);
    }

    private static String describe(String name, List<Verdict> verdicts, Function<Verdict, Double> measure) {
        List<Verdict> good =
                verdicts.stream().filter(verdict -> verdict.closed() > GOOD).toList();
        return "Rank correlation of " + name + " and closed: " + correlation(verdicts, measure) + "; above 80 %: "
                + correlation(good, measure);
    }

    private static String correlation(List<Verdict> verdicts, Function<Verdict, Double> measure) {
        if (verdicts.size() < FEWEST) {
            return "too few LoRAs, " + verdicts.size();
        }
        double correlation = RankCorrelation.of(
                verdicts.stream().map(measure).toList(),
                verdicts.stream().map(Verdict::closed).toList());
        return String.format(Locale.ROOT, "%.2f over %d LoRAs", correlation, verdicts.size());
    }
}
