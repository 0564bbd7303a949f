package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.Region;
import java.util.Arrays;

/** Regions of an image in the cells of its latents, each of which is 8x8 pixels. */
final class RegionMask {

    private RegionMask() {}

    /**
     * The region's weight in the cells that it covers, 0 elsewhere. Edges are rounded to whole cells, those of
     * neighbours to the same ones.
     *
     * @return row by row, [height, width]
     * @throws InvalidSettingException if the region is too thin for a cell
     */
    static float[] of(Region region, double weight, int height, int width) {
        int top = cell(region.top(), height);
        int bottom = cell(region.bottom(), height);
        int left = cell(region.left(), width);
        int right = cell(region.right(), width);
        if (top == bottom || left == right) {
            throw new InvalidSettingException(region + " is less than 8 pixels wide or high in an image of " + width * 8
                    + "x" + height * 8 + " pixels; expected a larger region or image");
        }
        float[] mask = new float[height * width];
        for (int row = top; row < bottom; row++) {
            Arrays.fill(mask, row * width + left, row * width + right, (float) (region.weight() * weight));
        }
        return mask;
    }

    private static int cell(double fraction, int cells) {
        return Math.toIntExact(Math.round(fraction * cells));
    }
}
