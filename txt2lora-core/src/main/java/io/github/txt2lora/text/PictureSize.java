package io.github.txt2lora.text;

/**
 * SDXL's size conditioning, in pixels: the original size, the offset of the crop, and the size of the image (Podell et
 * al., <a href="https://arxiv.org/abs/2307.01952">arXiv 2307.01952</a>, section 2.2). Other families have none.
 *
 * @param originalHeight height before cropping
 * @param originalWidth width before cropping
 * @param cropTop rows cut off above
 * @param cropLeft columns cut off on the left
 * @param height height of the image
 * @param width width of the image
 */
public record PictureSize(int originalHeight, int originalWidth, int cropTop, int cropLeft, int height, int width) {

    /** An image that was not cropped. */
    public static PictureSize uncropped(int height, int width) {
        return new PictureSize(height, width, 0, 0, height, width);
    }

    /** The six numbers in the order in which the UNet takes them. */
    float[] timeIds() {
        return new float[] {originalHeight, originalWidth, cropTop, cropLeft, height, width};
    }
}
