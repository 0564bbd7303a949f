package io.github.txt2lora.image;

/**
 * Receives the progress of a request. It is called on the thread that waits for the images, so it never delays the
 * engine. An exception from it cancels the drawing before its next step and is thrown by
 * {@link io.github.txt2lora.TrainingEngine#generate(ImageRequest, ImageListener)}.
 */
@FunctionalInterface
public interface ImageListener {

    /** Called after each denoising step. */
    void stepFinished(ImageProgress progress);

    /**
     * Called before the first step if a part of the request is ignored, assumed or ambiguous, such as an unclosed
     * bracket in the prompt.
     *
     * @param message a sentence
     */
    default void warned(String message) {}
}
