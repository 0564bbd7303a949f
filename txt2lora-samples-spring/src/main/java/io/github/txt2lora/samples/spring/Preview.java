package io.github.txt2lora.samples.spring;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The images that a training drew after an iteration.
 *
 * @param iteration iterations that the LoRA had
 * @param pictures addresses of the images, the same prompts and seeds in every preview of a training
 */
record Preview(int iteration, List<String> pictures) {

    static Preview of(long training, int iteration, int count) {
        return new Preview(
                iteration,
                IntStream.range(0, count)
                        .mapToObj(image -> "/trainings/" + training + "/previews/" + iteration + "/" + image)
                        .toList());
    }
}
