package io.github.txt2lora.text;

/**
 * What SDXL is told of a picture's making, in pixels: its size before it was cropped, where the crop began, and its
 * size (Podell et al., <a href="https://arxiv.org/abs/2307.01952">arXiv 2307.01952</a>, section 2.2). Other families
 * are not told.
 *
 * @param originalHeight height before cropping
 * @param originalWidth width before cropping
 * @param cropTop rows cut off above
 * @param cropLeft columns cut off on the left
 * @param height of the picture
 * @param width of the picture
 */
public record PictureSize(int originalHeight, int originalWidth, int cropTop, int cropLeft, int height, int width) {

    /** A picture that was not cropped. */
    public static PictureSize uncropped(int height, int width) {
        return new PictureSize(height, width, 0, 0, height, width);
    }

    /** The six numbers in the order in which the UNet takes them. */
    float[] timeIds() {
        return new float[] {originalHeight, originalWidth, cropTop, cropLeft, height, width};
    }
}
