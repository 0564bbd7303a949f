package io.github.txt2lora.ops;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.internal.Check;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings for resizing a LoRA.
 *
 * @param rule rule for the rank
 * @param maxRank highest rank of a dynamic rule, 1 or more; empty for no limit
 * @param convRank rank of convolutions, including those with 1x1 kernels, 1 or more: with {@link RankRule.Fixed} their
 *     rank, with a dynamic rule the highest; empty for that of the other modules
 * @param precision number format of the file; empty for that of the input
 */
public record ResizeSpec(RankRule rule, OptionalInt maxRank, OptionalInt convRank, Optional<Precision> precision) {

    /** Checks that the settings are consistent. */
    public ResizeSpec {
        Check.given("rule", rule);
        maxRank.ifPresent(rank -> Check.atLeast("maxRank", rank, 1));
        convRank.ifPresent(rank -> Check.atLeast("convRank", rank, 1));
        if (rule instanceof RankRule.Fixed fixed && maxRank.isPresent()) {
            throw new InvalidSettingException("maxRank is " + maxRank.getAsInt() + " while the rank is fixed at "
                    + fixed.rank() + "; give one of them: maxRank limits the dynamic rules");
        }
    }

    /** One rank for all modules, 1 or more. */
    public static ResizeSpec toRank(int rank) {
        return by(new RankRule.Fixed(rank));
    }

    /** A rule without further settings. */
    public static ResizeSpec by(RankRule rule) {
        return new ResizeSpec(rule, OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    /** A copy with a limit for a dynamic rule, 1 or more. */
    public ResizeSpec withMaxRank(int rank) {
        return new ResizeSpec(rule, OptionalInt.of(rank), convRank, precision);
    }

    /** A copy with a separate rank, or limit, for convolutions, 1 or more. */
    public ResizeSpec withConvRank(int rank) {
        return new ResizeSpec(rule, maxRank, OptionalInt.of(rank), precision);
    }

    /** A copy with a number format for the file. */
    public ResizeSpec withPrecision(Precision format) {
        return new ResizeSpec(rule, maxRank, convRank, Optional.of(format));
    }
}
