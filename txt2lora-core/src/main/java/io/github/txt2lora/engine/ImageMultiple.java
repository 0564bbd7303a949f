package io.github.txt2lora.engine;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.checkpoint.ModelFamily;

/**
 * The number that the sides of a family's images are multiples of. Settings alone are checked only against the number
 * that all families share.
 */
final class ImageMultiple {

    private ImageMultiple() {}

    /**
     * Checks a side.
     *
     * @throws InvalidSettingException if the family has no images of that size
     */
    static void require(String setting, int pixels, ModelFamily family) {
        int multiple = family.latents().imageMultiple();
        if (pixels % multiple != 0) {
            throw InvalidSettingException.of(
                    setting,
                    pixels,
                    "a multiple of " + multiple + " for " + family.displayName() + ", such as "
                            + (pixels / multiple + 1) * multiple);
        }
    }
}
