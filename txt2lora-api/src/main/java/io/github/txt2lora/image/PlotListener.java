package io.github.txt2lora.image;

/** Is told, on the calling thread, how an {@link ImagePlot} proceeds; what it throws ends the plot. */
@FunctionalInterface
public interface PlotListener {

    /**
     * Runs after each picture.
     *
     * @param done pictures drawn so far
     * @param total pictures of the plot
     */
    void pictureFinished(int done, int total);

    /** Runs when something of the request has no effect; once for each different message. */
    default void warned(String message) {}
}
