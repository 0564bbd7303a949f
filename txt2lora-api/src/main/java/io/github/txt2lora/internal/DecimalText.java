package io.github.txt2lora.internal;

import java.math.BigDecimal;

/** Numbers as people and other programs write them: never with an exponent, which Java begins at ten million. */
public final class DecimalText {

    private DecimalText() {}

    /**
     * A number in plain digits, at least one of them behind the point, such as {@code 0.0001} or {@code 4.0}.
     *
     * @param value finite
     */
    public static String of(double value) {
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return decimal.setScale(Math.max(1, decimal.scale())).toPlainString();
    }

    /** The same, where a whole number has no point. */
    public static String shortest(double value) {
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return decimal.setScale(Math.max(0, decimal.scale())).toPlainString();
    }
}
