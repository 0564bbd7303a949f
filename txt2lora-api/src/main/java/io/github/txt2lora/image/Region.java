package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;

/**
 * A rectangle of an image, in fractions of its sides, and the weight of a prompt there.
 *
 * @param left left side, 0 to below {@code right}
 * @param top upper side, 0 to below {@code bottom}
 * @param right right side, up to 1
 * @param bottom lower side, up to 1
 * @param weight factor on the guidance of the part, -1000 to 1000; the weights of overlapping regions usually add up to
 *     1
 */
public record Region(double left, double top, double right, double bottom, double weight) {

    /** Beyond any useful weight; larger ones would overflow in the computation of the image. */
    private static final double LARGEST_WEIGHT = 1000;

    /** The whole image, weight 1. */
    public static final Region WHOLE = new Region(0, 0, 1, 1, 1);

    /**
     * Checks that the rectangle is not empty.
     *
     * @throws InvalidSettingException if it is empty or extends beyond the image, or the weight is out of range
     */
    public Region {
        requireSpan("left", left, "right", right);
        requireSpan("top", top, "bottom", bottom);
        if (!(Math.abs(weight) <= LARGEST_WEIGHT)) {
            throw InvalidSettingException.of("region weight", weight, "a number from -1000 to 1000");
        }
    }

    private static void requireSpan(String startName, double start, String endName, double end) {
        if (!(start >= 0 && start < end && end <= 1)) {
            throw new InvalidSettingException("region reaches from " + startName + " " + start + " to " + endName + " "
                    + end + "; expected 0 <= " + startName + " < " + endName + " <= 1, in fractions of the image");
        }
    }
}
