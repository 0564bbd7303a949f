package io.github.txt2lora.image;

import io.github.txt2lora.internal.Check;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Map;

/**
 * An image and its origin. Two values are equal only if they contain the same image object.
 *
 * @param image 8-bit RGB, with the width and height of the request
 * @param seed seed of its initial noise; the request with this seed reproduces the image
 * @param request the request
 */
public record GeneratedImage(BufferedImage image, long seed, ImageRequest request) {

    /**
     * Writes the image as a PNG file with its {@link GenerationParameters}, which web UIs show and read. The file
     * appears under its name only when it is complete, and replaces an existing one.
     *
     * @param file the file; its folder must exist
     * @throws io.github.txt2lora.StorageException if it cannot be written
     */
    public void writePng(Path file) {
        String parameters = GenerationParameters.of(this).text();
        PngFile.write(image, Map.of(GenerationParameters.KEYWORD, parameters), Check.given("file", file));
    }
}
