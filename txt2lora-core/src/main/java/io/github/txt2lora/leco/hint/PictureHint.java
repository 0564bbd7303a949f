package io.github.txt2lora.leco.hint;

import java.util.List;

/**
 * What is known of a character from pictures, beside words.
 *
 * @param prompt the text that stands for words and pictures
 * @param words the words
 * @param height of the images in pixels
 * @param width of the images in pixels
 * @param pictures one or more
 * @param weight how far the hint goes, 1 for all of the way
 */
public record PictureHint(
        String prompt, String words, int height, int width, List<EncodedPicture> pictures, double weight) {

    /** Copies the list. */
    public PictureHint {
        pictures = List.copyOf(pictures);
    }

    /**
     * A picture as the network takes it.
     *
     * @param latents of the denoiser, [channels, height, width]
     * @param captions the words with those of its caption; with several, the one that explains it best counts
     */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    public record EncodedPicture(float[] latents, List<String> captions) {}
}
