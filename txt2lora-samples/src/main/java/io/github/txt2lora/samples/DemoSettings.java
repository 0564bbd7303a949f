package io.github.txt2lora.samples;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.image.ImageRequest;

/** Settings for the demo checkpoint: small images and a high learning rate. */
final class DemoSettings {

    /** Side of its images in pixels. */
    static final int RESOLUTION = 96;

    private DemoSettings() {}

    /** Lets a word mean the looks that other words have. */
    static PromptPair character(String word, String look) {
        return PromptPair.enhance(word)
                .positive(look)
                .neutral("1girl")
                .resolution(RESOLUTION)
                .build();
    }

    /** 120 iterations are enough for one character. */
    static TrainingSpec training(int iterations) {
        return TrainingSpec.builder()
                .iterations(iterations)
                .learningRate(4e-3)
                .lora(LoraSpec.builder().rank(8).alpha(4).build())
                .build();
    }

    /** A request that only lacks its prompt. */
    static ImageRequest.Builder picture(ModelSource model) {
        return ImageRequest.builder()
                .model(model)
                .prompt("")
                .width(RESOLUTION)
                .height(RESOLUTION)
                .guidanceScale(5);
    }
}
