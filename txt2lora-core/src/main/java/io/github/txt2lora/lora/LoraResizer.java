package io.github.txt2lora.lora;

import io.github.txt2lora.internal.DecimalText;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Reduces the ranks of modules; works as kohya's {@code resize_lora.py} does, on the factors alone. */
final class LoraResizer {

    private static final String DYNAMIC = "Dynamic";

    private final LowRankAlgebra algebra;
    private final ResizeSpec spec;

    LoraResizer(LowRankAlgebra algebra, ResizeSpec spec) {
        this.algebra = algebra;
        this.spec = spec;
    }

    /**
     * The resized LoRA.
     *
     * @param pairs the modules, their matrices in memory
     * @param statistics of each module
     * @param metadata those given, changed as kohya's script does
     */
    record Result(List<LoraPair> pairs, List<ResizedModule> statistics, Map<String, String> metadata) {}

    /** Resizes all modules of a file. */
    Result resize(List<LoraPair> pairs, Map<String, String> metadata, Progress progress) {
        List<LoraPair> resized = new ArrayList<>();
        List<ResizedModule> statistics = new ArrayList<>();
        for (LoraPair pair : pairs) {
            Decomposition decomposition = algebra.decompose(pair);
            int rank = decomposition.s().rank(spec.rule(), limit(pair));
            double alpha = pair.scale() * rank;
            resized.add(held(pair, rank, alpha, decomposition.down(rank), decomposition.up(rank)));
            statistics.add(new ResizedModule(
                    pair.module(),
                    pair.rank(),
                    rank,
                    alpha,
                    decomposition.s().sumRetained(rank),
                    decomposition.s().frobeniusRetained(rank),
                    decomposition.s().maxRatio(rank)));
            progress.finished(pair.module());
        }
        return new Result(resized, statistics, describe(pairs, resized, metadata));
    }

    private static LoraPair held(LoraPair pair, int rank, double alpha, float[] down, float[] up) {
        return pair.with(rank, alpha, down::clone, up::clone);
    }

    private int limit(LoraPair pair) {
        OptionalInt own = pair.layer().isConvolution() ? spec.convRank() : OptionalInt.empty();
        if (own.isPresent()) {
            return own.getAsInt();
        }
        return spec.maxRank().orElse(Integer.MAX_VALUE);
    }

    private Map<String, String> describe(List<LoraPair> before, List<LoraPair> after, Map<String, String> metadata) {
        int oldRank = before.stream().mapToInt(LoraPair::rank).max().orElseThrow();
        LoraPair last = after.get(after.size() - 1);
        Map<String, String> changed = new TreeMap<>(metadata);
        boolean dynamic = !(spec.rule() instanceof RankRule.Fixed);
        changed.put("ss_network_dim", dynamic ? DYNAMIC : text(spec.rule()));
        changed.put("ss_network_alpha", dynamic ? DYNAMIC : DecimalText.of(last.alpha()));
        changed.put("ss_training_comment", comment(oldRank) + "; " + metadata.getOrDefault("ss_training_comment", ""));
        return changed;
    }

    private String comment(int oldRank) {
        if (spec.rule() instanceof RankRule.Fixed fixed) {
            String conv =
                    spec.convRank().isPresent() ? " (conv: " + spec.convRank().getAsInt() + ")" : "";
            return "dimension is resized from " + oldRank + " to " + fixed.rank() + conv;
        }
        return "Dynamic resize with " + text(spec.rule()) + " from " + oldRank;
    }

    private static String text(RankRule rule) {
        if (rule instanceof RankRule.Fixed fixed) {
            return Integer.toString(fixed.rank());
        }
        if (rule instanceof RankRule.Ratio ratio) {
            return "sv_ratio: " + ratio.ratio();
        }
        if (rule instanceof RankRule.Frobenius frobenius) {
            return "sv_fro: " + frobenius.fraction();
        }
        return "sv_cumulative: " + ((RankRule.Cumulative) rule).fraction();
    }
}
