package io.github.txt2lora.event;

import io.github.txt2lora.image.GeneratedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The training has drawn images with the LoRA as it is; see {@link io.github.txt2lora.PreviewSpec}.
 *
 * @param iteration iterations that the LoRA has
 * @param images prompt by prompt, of each seed by seed, and of each the negative weight of a slider first; the same order
 *     in every preview of a training. Their request names the LoRA's file, which is there when the training has ended
 * @param files the images as PNG files, in this order; empty if no files are wanted or one could not be written
 * @param time the time that it took, which the training did not go on in
 */
public record PreviewDrawn(int iteration, List<GeneratedImage> images, List<Path> files, Duration time)
        implements TrainingEvent {

    /** Copies the lists. */
    public PreviewDrawn {
        images = List.copyOf(images);
        files = List.copyOf(files);
    }

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onPreview(this);
    }
}
