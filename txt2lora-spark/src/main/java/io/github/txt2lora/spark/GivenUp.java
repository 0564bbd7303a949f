package io.github.txt2lora.spark;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageRequest;
import java.util.List;
import java.util.function.Function;

/**
 * Trains nothing: an engine for what was tried too often. A LoRA that ends its process each time, by a lack of memory
 * perhaps, would otherwise make Spark end the job and all other LoRAs with it.
 *
 * @param attempts attempts whose executors were lost
 */
record GivenUp(int attempts) implements TrainingEngine {

    Txt2LoraException failure() {
        return new TrainingFailedException("its executor was lost " + attempts
                + " times, and spark.task.maxFailures is "
                + (attempts + 1) + "; expected one that lives until the end. Look into the logs of the executors and of"
                + " the nodes for what ended them: often a lack of memory. Start the batch again to resume the training"
                + " from its last state, or set spark.task.maxFailures higher where nodes come and go");
    }

    @Override
    public TrainingJob start(LoraTraining training, TrainingListener... listeners) {
        throw failure();
    }

    @Override
    public List<TrainingJob> startTogether(
            List<LoraTraining> trainings, Function<? super LoraTraining, ? extends TrainingListener> listeners) {
        if (trainings.isEmpty()) {
            return List.of();
        }
        throw failure();
    }

    @Override
    public TrainingEstimate estimate(LoraTraining training, int together) {
        throw failure();
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, ImageListener listener) {
        throw failure();
    }

    @Override
    public void close() {}
}
