package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Draws the images that are judged, always from the same seeds.
 *
 * @param side of those of one character, in pixels
 */
record ImageSource(TrainingEngine engine, ModelSource model, int side) {

    private static final int IMAGES = 32;
    private static final int STEPS = 20;
    private static final double GUIDANCE_SCALE = 5;
    private static final long SEED = 5_000_000;

    /** A request for 32 images that each show one character. */
    ImageRequest.Builder request(String prompt, Optional<Path> lora) {
        ImageRequest.Builder request = ImageRequest.builder()
                .model(model)
                .prompt(prompt)
                .width(side)
                .height(side)
                .steps(STEPS)
                .guidanceScale(GUIDANCE_SCALE)
                .seed(SEED)
                .count(IMAGES);
        lora.ifPresent(file -> request.lora(file, 1));
        return request;
    }

    List<GeneratedImage> draw(ImageRequest.Builder request) {
        return engine.generate(request.build());
    }
}
