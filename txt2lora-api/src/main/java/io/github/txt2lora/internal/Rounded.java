package io.github.txt2lora.internal;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Numbers rounded as Python prints them: from what the number is in binary, exact halves to the even digit. {@code
 * String.format} rounds halves of the shortest decimal up.
 */
public final class Rounded {

    private Rounded() {}

    /**
     * A number with so many decimals, with a point whatever the locale.
     *
     * @throws IllegalArgumentException if it is not finite
     */
    public static String of(double value, int decimals) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(value + " cannot be rounded; expected a finite number");
        }
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
    }

    /** A fraction in percent with one decimal, such as {@code 98.5%}. */
    public static String percent(double fraction) {
        return of(100 * fraction, 1) + "%";
    }
}
