package io.github.txt2lora.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The brackets of one kind, which nest, over a row of pieces; and how their weights multiply. */
final class BracketWeights {

    /** Weights beyond this, which no model follows, are brought back to it, so that sums over tokens stay finite. */
    static final double LARGEST_WEIGHT = 1000;

    private final List<Bracket> brackets = new ArrayList<>();
    private final Deque<Bracket> unclosed = new ArrayDeque<>();

    private static final class Bracket {

        private final int start;
        private int end = Integer.MAX_VALUE;
        private double weight = 1;

        Bracket(int start) {
            this.start = start;
        }
    }

    /** A bracket around a piece and those outside of it, their weights multiplied. */
    private record Product(int end, double weight) {}

    void open(int piece) {
        var bracket = new Bracket(piece);
        brackets.add(bracket);
        unclosed.push(bracket);
    }

    /** The number of open brackets. */
    int open() {
        return unclosed.size();
    }

    /** Closes the innermost bracket before a piece. */
    void close(int piece, double weight) {
        Bracket bracket = unclosed.pop();
        bracket.end = piece;
        // An infinite weight times 0, that of a bracket around this one, would be no number.
        bracket.weight = limited(weight);
    }

    /** The weight of each piece; brackets that are still open reach to the last one and have the given weight. */
    double[] weights(int pieces, double weightOfUnclosed) {
        unclosed.forEach(bracket -> bracket.weight = weightOfUnclosed);
        unclosed.clear();
        double[] weights = new double[pieces];
        Deque<Product> around = new ArrayDeque<>();
        int next = 0;
        for (int i = 0; i < pieces; i++) {
            while (!around.isEmpty() && around.peek().end() <= i) {
                around.pop();
            }
            while (next < brackets.size() && brackets.get(next).start == i) {
                Bracket bracket = brackets.get(next++);
                if (bracket.end > i) {
                    double outer = around.isEmpty() ? 1 : around.peek().weight();
                    around.push(new Product(bracket.end, limited(outer * bracket.weight)));
                }
            }
            weights[i] = around.isEmpty() ? 1 : around.peek().weight();
        }
        return weights;
    }

    static double limited(double weight) {
        return Math.max(-LARGEST_WEIGHT, Math.min(LARGEST_WEIGHT, weight));
    }
}
