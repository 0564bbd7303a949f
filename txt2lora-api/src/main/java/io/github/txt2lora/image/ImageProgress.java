package io.github.txt2lora.image;

/**
 * The progress of a request.
 *
 * @param stepsDone denoising steps done, over all images; each image of a batch counts
 * @param steps denoising steps of all images together
 */
public record ImageProgress(long stepsDone, long steps) {}
