package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.image.ImageRequest;

/** What the demo checkpoint asks for: small pictures, and less guidance than a large model. */
final class DemoPictures {

    /** Side of a picture in pixels. */
    static final int SIDE = 96;

    /** Steps of a picture. */
    static final int STEPS = 20;

    private DemoPictures() {}

    /** Lets a word mean the looks that other words have. */
    static PromptPair character(String word, String look) {
        return PromptPair.enhance(word)
                .positive(look)
                .neutral("1girl")
                .resolution(SIDE)
                .build();
    }

    /** A request that only lacks its prompt. */
    static ImageRequest.Builder request(ModelSource model) {
        return request(model, STEPS);
    }

    /** As {@link #request(ModelSource)}, of pictures with so many steps. */
    static ImageRequest.Builder request(ModelSource model, int steps) {
        return ImageRequest.builder()
                .model(model)
                .prompt("")
                .width(SIDE)
                .height(SIDE)
                .steps(steps)
                .guidanceScale(5);
    }
}
