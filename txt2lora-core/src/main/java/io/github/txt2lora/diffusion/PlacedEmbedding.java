package io.github.txt2lora.diffusion;

import io.github.txt2lora.image.Region;
import io.github.txt2lora.text.PromptEmbedding;

/**
 * An encoded part of a prompt and where it applies.
 *
 * @param embedding the part's text
 * @param weight multiplies the region's weight
 * @param region where, and how strongly
 */
public record PlacedEmbedding(PromptEmbedding embedding, double weight, Region region) {

    /** A prompt that is no part of a composition. */
    public static PlacedEmbedding whole(PromptEmbedding embedding) {
        return new PlacedEmbedding(embedding, 1, Region.WHOLE);
    }

    boolean isWhole() {
        return weight == 1 && region.equals(Region.WHOLE);
    }
}
