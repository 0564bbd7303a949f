package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;

/**
 * Noise of the size that a prompt pair asks for.
 *
 * @param size height and width of the image, and SDXL's size conditioning
 * @param space the form of the latents
 * @param noise standard normal latents, [batch, channels, height / factor, width / factor] in row-major order
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record LatentDraw(PictureSize size, LatentSpace space, float[] noise) {

    /** Dynamic resolution draws sides in multiples of this. */
    private static final int BUCKET_STEP = 64;

    /** The largest original size of a crop, relative to the image. */
    private static final int LARGEST_SCALE = 3;

    /**
     * Checks that the latents of the largest image can be drawn.
     *
     * @throws InvalidSettingException if an array cannot hold them
     */
    public static void requireDrawable(PromptPair pair, LatentSpace space) {
        // in floating point, where nothing overflows
        double count = (double) space.size(pair.height(), pair.width()) * pair.batchSize();
        if (count > Integer.MAX_VALUE) {
            throw new InvalidSettingException("prompt " + Excerpt.quoted(pair.target()) + " has the resolution "
                    + pixels(pair)
                    + " and the batch size " + pair.batchSize() + ", which together are more than an array can hold;"
                    + " expected a smaller resolution or batch size");
        }
    }

    /**
     * Draws in LECO's order: height and width if they are dynamic, latents, and if crops are dynamic scale, top and
     * left.
     *
     * @param space the form of the latents
     * @param takesPictureSize whether the model is told of crops
     */
    static LatentDraw next(TorchGenerator generator, PromptPair pair, LatentSpace space, boolean takesPictureSize) {
        int height = pair.height();
        int width = pair.width();
        if (pair.dynamicResolution()) {
            height = dynamicSide(generator, pair.height());
            width = dynamicSide(generator, pair.width());
        }
        float[] noise = generator.normal(Math.toIntExact(pair.batchSize() * space.size(height, width)));
        PictureSize size = takesPictureSize && pair.dynamicCrops()
                ? dynamicCrop(generator, height, width)
                : PictureSize.uncropped(height, width);
        return new LatentDraw(size, space, noise);
    }

    /** The size of a pair's images: one side, or the width and the height. */
    public static String pixels(PromptPair pair) {
        return pair.width() == pair.height() ? String.valueOf(pair.width()) : pair.width() + "x" + pair.height();
    }

    /** The noise as an array of the scope. */
    NDArray latents(NDManager scope) {
        return array(scope, noise, size, space);
    }

    /** Latents of images of a size, as many as the numbers make, as an array of the scope. */
    static NDArray array(NDManager scope, float[] numbers, PictureSize size, LatentSpace space) {
        int height = size.height() / space.factor();
        int width = size.width() / space.factor();
        long batchSize = numbers.length / space.size(size.height(), size.width());
        return HostNumbers.array(scope, numbers, new Shape(batchSize, space.channels(), height, width));
    }

    /** Whether each draw for a pair may have another size, or tell the model of another crop. */
    static boolean isLeftToChance(PromptPair pair, PromptEmbeddings embeddings) {
        return pair.dynamicResolution() || (pair.dynamicCrops() && embeddings.takePictureSize());
    }

    private static PictureSize dynamicCrop(TorchGenerator generator, int height, int width) {
        double scale = generator.uniform() * (LARGEST_SCALE - 1.0) + 1;
        int originalHeight = (int) (height * scale);
        int originalWidth = (int) (width * scale);
        int top = cropStart(generator, originalHeight - height);
        int left = cropStart(generator, originalWidth - width);
        return new PictureSize(originalHeight, originalWidth, top, left, height, width);
    }

    /** LECO fails where there is no room; the only crop there begins at 0. */
    private static int cropStart(TorchGenerator generator, int room) {
        return room == 0 ? 0 : (int) generator.randint(0, room);
    }

    /** From half the resolution up to, and not including, the resolution itself. */
    private static int dynamicSide(TorchGenerator generator, int resolution) {
        return (int) generator.randint(resolution / 2 / BUCKET_STEP, resolution / BUCKET_STEP) * BUCKET_STEP;
    }
}
