package io.github.txt2lora.image;

/**
 * The progress of a request.
 *
 * @param stepsDone denoising steps done, over all images; images that are drawn together take a step each
 * @param steps denoising steps of all images together
 */
public record ImageProgress(long stepsDone, long steps) {}
