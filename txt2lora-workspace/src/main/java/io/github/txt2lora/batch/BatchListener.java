package io.github.txt2lora.batch;

import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.spi.DownloadProgress;
import java.nio.file.Path;

/**
 * Is told how a batch proceeds; all methods do nothing by default. Calls come one at a time: those about trainings on
 * the engine's thread for events, the others on the thread that runs the batch. What a method throws is logged and
 * ignored.
 */
public interface BatchListener {

    /**
     * Whether this listener receives every iteration of every training, however slow it is; false by default. See
     * {@link io.github.txt2lora.event.TrainingListener#wantsEveryIteration()}. It is asked when a training begins.
     */
    default boolean wantsEveryIteration() {
        return false;
    }

    /**
     * The batch has begun, and writes its report into this file from now on, anew every few seconds.
     *
     * @param file the page, which refreshes itself until the batch has ended
     */
    default void onReport(Path file) {}

    /**
     * The turn of a LoRA has come.
     *
     * @param name the LoRA's name
     * @param number counted from 1
     * @param total LoRAs of the batch
     */
    default void onLoraStarted(String name, int number, int total) {}

    /** The model of a LoRA is being looked at or downloaded. */
    default void onModel(String name, String model) {}

    /** So much of a LoRA's model is downloaded. */
    default void onDownload(String name, DownloadProgress progress) {}

    /** Something happened in the training of a LoRA. */
    default void onTraining(String name, TrainingEvent event) {}

    /** A module of a LoRA was resized. */
    default void onResize(String name, OperationProgress progress) {}

    /**
     * An image of a preview was drawn.
     *
     * @param name the LoRA's name
     * @param done images drawn
     * @param total images of the preview
     */
    default void onPicture(String name, int done, int total) {}

    /** A warning to the user; the batch continues. */
    default void onWarning(String name, String message) {}

    /** No more is done for a LoRA. */
    default void onLoraEnded(LoraOutcome outcome) {}
}
