package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.image.ImageComposition;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.RegionGrid;
import java.util.List;

/**
 * A way to draw two characters in one image, each in her half.
 *
 * @param name what a reader calls it
 * @param composition of the image
 * @param format of the prompt, with a place for the left and one for the right half's
 */
record Placement(String name, ImageComposition composition, String format) {

    static List<Placement> all() {
        return List.of(
                new Placement(
                        "Latent Couple",
                        // the extension's default for two
                        LatentCouple.parse("1:1-0:0,1:2-0:0,1:2-0:1", "0.2,0.8,0.8"),
                        "2girls AND %s AND %s"),
                new Placement("Regional Prompter", RegionGrid.even(), "2girls ADDBASE %s ADDCOL %s"));
    }

    /** The prompt that places these two. */
    String prompt(String left, String right) {
        return format.formatted(left, right);
    }
}
