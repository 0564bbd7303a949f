package io.github.txt2lora.image;

/**
 * How far a request has come.
 *
 * @param stepsDone denoising steps done, over all pictures; pictures that are drawn together take a step each
 * @param steps denoising steps of all pictures together
 */
public record ImageProgress(long stepsDone, long steps) {}
