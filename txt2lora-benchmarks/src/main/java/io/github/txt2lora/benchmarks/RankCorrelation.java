package io.github.txt2lora.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Tells how well the order of some numbers goes with the order of others. */
public final class RankCorrelation {

    private RankCorrelation() {}

    /**
     * Spearman's coefficient, from -1 to 1; of equal numbers the first has the lower rank.
     *
     * @param first two or more
     * @param second as many
     */
    public static double of(List<Double> first, List<Double> second) {
        int[] ranks = ranks(first);
        int[] others = ranks(second);
        double squares = IntStream.range(0, ranks.length)
                .mapToDouble(i -> Math.pow(ranks[i] - others[i], 2))
                .sum();
        double n = ranks.length;
        return 1 - 6 * squares / (n * (n * n - 1));
    }

    private static int[] ranks(List<Double> numbers) {
        int[] ranks = new int[numbers.size()];
        List<Integer> order = IntStream.range(0, numbers.size())
                .boxed()
                .sorted(Comparator.comparing(numbers::get))
                .toList();
        for (int rank = 0; rank < ranks.length; rank++) {
            ranks[order.get(rank)] = rank;
        }
        return ranks;
    }
}
