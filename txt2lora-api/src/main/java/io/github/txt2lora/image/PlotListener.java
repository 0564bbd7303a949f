package io.github.txt2lora.image;

/** Receives the progress of an {@link ImagePlot} on the calling thread; an exception from it ends the plot. */
@FunctionalInterface
public interface PlotListener {

    /**
     * Called after each image.
     *
     * @param done images drawn
     * @param total images of the plot
     */
    void pictureFinished(int done, int total);

    /** Called once for each different warning, such as a part of the request that has no effect. */
    default void warned(String message) {}
}
