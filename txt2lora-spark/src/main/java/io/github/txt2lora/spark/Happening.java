package io.github.txt2lora.spark;

import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.spi.DownloadProgress;

/** Something that an executor tells of one LoRA. */
sealed interface Happening {

    /** A task has taken it over. */
    record TakenOver(String host) implements Happening {}

    /** Its turn has come. */
    record Started() implements Happening {}

    /** Its model is being looked at. */
    record ModelNamed(String model) implements Happening {}

    /** So much of its model is downloaded. */
    record Downloading(DownloadProgress progress) implements Happening {}

    /** Something in its training. */
    record Training(TrainingEvent event) implements Happening {}

    /** A module was resized. */
    record Resizing(OperationProgress progress) implements Happening {}

    /** An image of its preview was drawn. */
    record PictureDrawn(int done, int total) implements Happening {}

    /** A warning. */
    record Warned(String message) implements Happening {}

    /**
     * No more is done for it.
     *
     * @param outcome a {@link io.github.txt2lora.batch.LoraOutcome} or a {@link TrainingOutcome}
     */
    record Ended(Object outcome) implements Happening {}
}
