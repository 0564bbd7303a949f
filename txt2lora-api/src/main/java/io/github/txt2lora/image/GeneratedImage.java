package io.github.txt2lora.image;

import io.github.txt2lora.internal.Check;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Map;

/**
 * An image and its origin. Two of them are equal only if they hold the same image object.
 *
 * @param image 8-bit RGB, with the width and height of the request
 * @param seed the seed of its first noise; with the request it gives this image again
 * @param request what was asked for
 */
public record GeneratedImage(BufferedImage image, long seed, ImageRequest request) {

    /**
     * Writes the image as a PNG file with its {@link GenerationParameters}, which web UIs show and read. The file
     * appears under its name only when it is whole, and replaces an older one.
     *
     * @param file the file; its folder must exist
     * @throws io.github.txt2lora.StorageException if it cannot be written
     */
    public void writePng(Path file) {
        String parameters = GenerationParameters.of(this).text();
        PngFile.write(image, Map.of(GenerationParameters.KEYWORD, parameters), Check.given("file", file));
    }
}
