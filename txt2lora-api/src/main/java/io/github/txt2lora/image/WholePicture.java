package io.github.txt2lora.image;

/**
 * The parts of a prompt, separated by {@code AND}, all apply everywhere (composable diffusion, Liu et al., arXiv
 * 2206.01714).
 */
public record WholePicture() implements ImageComposition {}
