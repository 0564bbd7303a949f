package io.github.txt2lora.samples.spring;

import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.samples.spring.LoraLibrary.StoredLora;
import io.github.txt2lora.samples.spring.Studio.Variant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for images without, with half of and with the whole of a LoRA, from the same seeds.
 *
 * @param lora its name
 * @param words that call it; by default its name
 * @param places tags of places, a column each; none by default
 * @param seeds by default 1, 2 and 3
 */
record ComparisonOrder(
        @Nullable String lora,
        @Nullable String words,
        @Nullable List<String> places,
        @Nullable List<Long> seeds) {

    private static final double HALF = 0.5;

    /** A row for each weight. */
    Drawing in(Studio studio, LoraLibrary library) {
        StoredLora stored = library.find(lora);
        String prompt = new PlainWords(words == null || words.isBlank() ? stored.name() : words).asPrompt();
        return studio.table(
                List.of(
                        new Variant("without the LoRA", studio.request(), prompt),
                        new Variant("half of it", with(studio, stored, HALF), prompt),
                        new Variant("the whole LoRA", with(studio, stored, 1), prompt)),
                places,
                seeds);
    }

    private static ImageRequest.Builder with(Studio studio, StoredLora lora, double weight) {
        return studio.request().lora(lora.file(), weight);
    }
}
