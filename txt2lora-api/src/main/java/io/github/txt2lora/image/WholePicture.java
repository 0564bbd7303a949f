package io.github.txt2lora.image;

/**
 * All parts of a prompt, separated by {@code AND}, apply to the whole image (composable diffusion, Liu et al., arXiv
 * 2206.01714).
 */
public record WholePicture() implements ImageComposition {}
