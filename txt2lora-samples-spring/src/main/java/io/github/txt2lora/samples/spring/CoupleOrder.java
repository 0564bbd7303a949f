package io.github.txt2lora.samples.spring;

import io.github.txt2lora.image.ImageComposition;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.samples.spring.LoraLibrary.StoredLora;
import io.github.txt2lora.samples.spring.Studio.Variant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for two characters in one image, each in its half.
 *
 * @param left name of the LoRA of the left one
 * @param right name of the LoRA of the right one
 * @param places tags of places, a column each; none by default
 * @param seeds by default 1, 2 and 3
 */
record CoupleOrder(
        @Nullable String left,
        @Nullable String right,
        @Nullable List<String> places,
        @Nullable List<Long> seeds) {

    /** What holds for the whole image counts 0.2 everywhere, and what holds for a half counts 0.8 there. */
    private static final ImageComposition HALVES = LatentCouple.parse("1:1-0:0,1:2-0:0,1:2-0:1", "0.2,0.8,0.8");

    /** A row without and one with the LoRAs, each image twice as wide as high. */
    Drawing in(Studio studio, LoraLibrary library) {
        StoredLora first = library.find(left);
        StoredLora second = library.find(right);
        String halves = half(library.words(first.name())) + half(library.words(second.name()));
        ImageRequest.Builder with = request(studio).lora(first.file(), 1);
        if (!first.equals(second)) {
            with.lora(second.file(), 1);
        }
        return studio.table(
                List.of(
                        new Variant("without the LoRAs", request(studio), "2girls", halves),
                        new Variant("with both", with, "2girls", halves)),
                places,
                seeds);
    }

    private static String half(String words) {
        return " AND 1girl," + new PlainWords(words).asPrompt();
    }

    private static ImageRequest.Builder request(Studio studio) {
        return studio.request().width(2 * studio.side()).composition(HALVES);
    }
}
