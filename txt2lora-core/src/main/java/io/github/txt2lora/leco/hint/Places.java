package io.github.txt2lora.leco.hint;

import java.util.List;
import java.util.stream.Stream;

/**
 * Words for where a picture may have been taken or drawn. A picture without a caption gets the one that the base model
 * finds in it, so that the place is not taken for a part of the character.
 */
public final class Places {

    /** In tags that models of drawings know, and words that others do. */
    private static final List<String> WORDS = List.of(
            "white background",
            "simple background",
            "black background",
            "indoors",
            "outdoors",
            "bedroom",
            "kitchen",
            "classroom",
            "library",
            "cafe",
            "shopping mall",
            "stage",
            "street",
            "cityscape",
            "park",
            "garden",
            "forest",
            "mountain",
            "beach",
            "underwater",
            "blue sky",
            "night sky",
            "sunset",
            "snow",
            "ruins",
            "shinto shrine");

    private Places() {}

    /** The words alone, and with each place. */
    public static List<String> captions(String words) {
        return Stream.concat(Stream.of(words), WORDS.stream().map(place -> joined(words, place)))
                .toList();
    }

    /** Words with those of a caption. */
    public static String joined(String words, String caption) {
        if (caption.isBlank()) {
            return words;
        }
        return words.isBlank() ? caption : words + "," + caption;
    }
}
