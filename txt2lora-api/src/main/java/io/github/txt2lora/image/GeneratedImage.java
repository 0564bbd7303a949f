package io.github.txt2lora.image;

import java.awt.image.BufferedImage;

/**
 * A picture and how it came about. Two of them are equal only if they hold the same image object.
 *
 * @param image 8-bit RGB, with the width and height of the request
 * @param seed the seed of its first noise; with the request it gives this picture again
 * @param request what was asked for
 */
public record GeneratedImage(BufferedImage image, long seed, ImageRequest request) {}
