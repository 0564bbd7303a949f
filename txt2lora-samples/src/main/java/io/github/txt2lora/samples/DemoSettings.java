package io.github.txt2lora.samples;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.image.ImageRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What suits the demo checkpoint: small pictures, short rollouts, a high learning rate. */
final class DemoSettings {

    /** Side of its pictures in pixels. */
    static final int RESOLUTION = 96;

    /** What shall look as before. Whatever resembles the target most is most in danger, so {@code 1girl} leads. */
    private static final List<String> KEPT = List.of(
            "1girl",
            "1girl",
            "1girl",
            "2girls",
            "",
            "1girl,kitchen",
            "1girl,blonde hair,red dress",
            "1girl,long hair,school uniform",
            "1girl,brown hair,smile");

    private DemoSettings() {}

    /** Lets a word mean the looks that other words have. */
    static PromptPair character(String word, String look) {
        return PromptPair.enhance(word)
                .positive(look)
                .neutral("1girl")
                .resolution(RESOLUTION)
                .batchSize(2)
                .build();
    }

    /** Each iteration draws one of these, so every character stands there once for every prompt to keep. */
    static List<PromptPair> lessons(PromptPair... characters) {
        List<PromptPair> lessons = new ArrayList<>();
        for (PromptPair character : characters) {
            lessons.addAll(Collections.nCopies(KEPT.size(), character));
            KEPT.forEach(prompt -> lessons.add(PromptPair.preserve(prompt)
                    .resolution(RESOLUTION)
                    .batchSize(2)
                    .build()));
        }
        return lessons;
    }

    /** 200 iterations are enough for one character. */
    static TrainingSpec training(int iterations) {
        return TrainingSpec.builder()
                .iterations(iterations)
                .learningRate(2e-3)
                .maxDenoisingSteps(12)
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
