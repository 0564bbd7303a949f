package io.github.txt2lora.image;

/**
 * Is told how a request proceeds. It is called on the thread that waits for the pictures, so it never holds up the
 * engine. What it throws cancels the drawing before its next step and leaves
 * {@link io.github.txt2lora.TrainingEngine#generate(ImageRequest, ImageListener)}.
 */
@FunctionalInterface
public interface ImageListener {

    /** Runs after each denoising step. */
    void stepFinished(ImageProgress progress);

    /**
     * Runs before the first step if something is ignored, assumed or read otherwise than it may be meant, such as a
     * bracket in the prompt that is never closed.
     *
     * @param message a sentence
     */
    default void warned(String message) {}
}
