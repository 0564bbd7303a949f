package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;

/**
 * A picture of what a {@link PromptPair} teaches, as a hint beside its words.
 *
 * @param file PNG, JPEG or WebP file of any size up to 64 million pixels. It is turned as its EXIF data say, put on white
 *     where it is transparent, cut around its middle and resized.
 * @param caption words for what the picture shows by chance, such as its place, which is not to be learned; empty for
 *     none. The words of the pair need not be repeated.
 */
public record HintPicture(Path file, String caption) {

    /**
     * Checks the components.
     *
     * @throws InvalidSettingException if the path is empty
     */
    public HintPicture {
        Check.path("picture", file);
        Check.given("caption", caption);
    }

    /** A picture without a caption. */
    public static HintPicture of(Path file) {
        return new HintPicture(file, "");
    }
}
