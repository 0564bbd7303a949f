package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.ElementType;
import java.util.function.Supplier;

/**
 * A module of a LoRA: it adds alpha / rank * up x down to its layer's weights.
 *
 * @param module the module's name in the file it comes from
 * @param name the layer it is for
 * @param layer the layer's shape
 * @param rank rows of down, columns of up
 * @param alpha equal to the rank where the file has none
 * @param type the format of its numbers in the file
 * @param down gives down, [rank, fan-in] in row-major order; a new array at each call
 * @param up gives up, [outputs, rank], likewise
 */
record LoraPair(
        String module,
        LayerName name,
        LayerShape layer,
        int rank,
        double alpha,
        ElementType type,
        Supplier<float[]> down,
        Supplier<float[]> up) {

    /** The factor on the product. */
    double scale() {
        return alpha / rank;
    }

    /** Up times a factor. */
    float[] scaledUp(double factor) {
        float[] scaled = up.get();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (scaled[i] * factor);
        }
        return scaled;
    }

    /** The same module with other matrices. */
    LoraPair with(int newRank, double newAlpha, Supplier<float[]> newDown, Supplier<float[]> newUp) {
        return new LoraPair(module, name, layer, newRank, newAlpha, type, newDown, newUp);
    }
}
