package io.github.txt2lora.ops;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.internal.Check;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a LoRA is resized.
 *
 * @param rule how many singular values are kept
 * @param maxRank the highest rank that a dynamic rule may choose
 * @param convRank for convolutions, those with 1x1 kernels included: with {@link RankRule.Fixed} their rank, with a
 *     dynamic rule the highest that it may choose; as for the other modules if empty
 * @param precision of the numbers in the file; that of the input if empty
 */
public record ResizeSpec(RankRule rule, OptionalInt maxRank, OptionalInt convRank, Optional<Precision> precision) {

    /** Checks that the settings go together. */
    public ResizeSpec {
        Check.given("rule", rule);
        maxRank.ifPresent(rank -> Check.atLeast("maxRank", rank, 1));
        convRank.ifPresent(rank -> Check.atLeast("convRank", rank, 1));
        if (rule instanceof RankRule.Fixed fixed && maxRank.isPresent()) {
            throw new InvalidSettingException("maxRank is " + maxRank.getAsInt() + " while the rank is fixed at "
                    + fixed.rank() + "; give one of them: maxRank limits the dynamic rules");
        }
    }

    /** One rank for all modules. */
    public static ResizeSpec toRank(int rank) {
        return by(new RankRule.Fixed(rank));
    }

    /** A rule without further settings. */
    public static ResizeSpec by(RankRule rule) {
        return new ResizeSpec(rule, OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    /** The same with a limit for a dynamic rule, 1 or more. */
    public ResizeSpec withMaxRank(int rank) {
        return new ResizeSpec(rule, OptionalInt.of(rank), convRank, precision);
    }

    /** The same with a rank, or limit, of its own for convolutions, 1 or more. */
    public ResizeSpec withConvRank(int rank) {
        return new ResizeSpec(rule, maxRank, OptionalInt.of(rank), precision);
    }

    /** The same with a number format for the file. */
    public ResizeSpec withPrecision(Precision format) {
        return new ResizeSpec(rule, maxRank, convRank, Optional.of(format));
    }
}
