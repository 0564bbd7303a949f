package io.github.txt2lora.cli;

import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Limits for the ranks that a rule chooses. */
final class RankLimits {

    @Option(names = "--max-rank", paramLabel = "N", description = "The highest rank for --sv-...")
    private @Nullable Integer maxRank;

    @Option(
            names = "--conv-rank",
            paramLabel = "N",
            description =
                    "The rank of convolutions, or with --sv-... the highest. Default: that of the other" + " modules.")
    private @Nullable Integer convRank;

    /** Whether there are any. */
    boolean areGiven() {
        return maxRank != null || convRank != null;
    }

    /**
     * A resize by a rule within these limits.
     *
     * @throws io.github.txt2lora.InvalidSettingException if they contradict it
     */
    ResizeSpec resizeBy(RankRule rule) {
        ResizeSpec spec = ResizeSpec.by(rule);
        spec = maxRank == null ? spec : spec.withMaxRank(maxRank);
        return convRank == null ? spec : spec.withConvRank(convRank);
    }
}
