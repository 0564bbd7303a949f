package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.PromptPair;

/** The size of images, in pixels. */
record ImageSize(int height, int width) {

    static ImageSize square(int side) {
        return new ImageSize(side, side);
    }

    /** Of the images that a pair is compared on. */
    static ImageSize of(PromptPair pair) {
        return new ImageSize(pair.height(), pair.width());
    }
}
