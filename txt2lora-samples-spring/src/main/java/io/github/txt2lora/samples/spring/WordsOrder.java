package io.github.txt2lora.samples.spring;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.samples.spring.Studio.Variant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks what words draw before anything is trained: the images that the LoRA would show if nothing were left to learn.
 *
 * @param look the tags
 * @param neutral what is drawn without them; by default {@code 1girl}
 * @param places tags of places, a column each; none by default
 * @param seeds by default 1, 2 and 3
 */
record WordsOrder(
        @Nullable String look,
        @Nullable String neutral,
        @Nullable List<String> places,
        @Nullable List<Long> seeds) {

    /** The neutral prompt, and what the look adds to it. Guided sampling adds both, as a training does. */
    Drawing in(Studio studio) {
        if (look == null || look.isBlank()) {
            throw InvalidSettingException.missing("look", "give tags, such as black hair,maid uniform");
        }
        String usual = neutral == null || neutral.isBlank() ? TrainingOrder.USUAL_NEUTRAL : neutral;
        String start = new PlainWords(usual).asPrompt();
        String goal = " AND " + new PlainWords(look).asPrompt();
        return studio.table(
                List.of(
                        new Variant("without these words: " + usual, studio.request(), start),
                        new Variant("what these words draw", studio.request(), start, goal)),
                places,
                seeds);
    }
}
