package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;

/**
 * A rectangle of an image, in fractions of its sides, and how strongly a prompt applies there.
 *
 * @param left 0 to below {@code right}
 * @param top 0 to below {@code bottom}
 * @param right up to 1
 * @param bottom up to 1
 * @param weight what the part's share of the guidance is multiplied by, -1000 to 1000; weights of regions over one
 *     place usually add up to 1
 */
public record Region(double left, double top, double right, double bottom, double weight) {

    /** No model follows such weights; larger ones would overflow in the image's computation. */
    private static final double LARGEST_WEIGHT = 1000;

    /** The whole image, weight 1. */
    public static final Region WHOLE = new Region(0, 0, 1, 1, 1);

    /**
     * Checks that the rectangle is not empty.
     *
     * @throws InvalidSettingException if it is, or reaches out of the image, or the weight is out of range
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
