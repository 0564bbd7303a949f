package io.github.txt2lora.ops;

import io.github.txt2lora.Precision;
import java.util.Optional;

/**
 * The target of a conversion. An empty property remains unchanged.
 *
 * @param precision number format of the file
 * @param naming naming of its tensors
 */
public record LoraConversion(Optional<Precision> precision, Optional<LoraNaming> naming) {

    /** Another number format. */
    public static LoraConversion to(Precision precision) {
        return new LoraConversion(Optional.of(precision), Optional.empty());
    }

    /** Another naming. */
    public static LoraConversion to(LoraNaming naming) {
        return new LoraConversion(Optional.empty(), Optional.of(naming));
    }

    /** Another number format and naming. */
    public static LoraConversion to(Precision precision, LoraNaming naming) {
        return new LoraConversion(Optional.of(precision), Optional.of(naming));
    }
}
