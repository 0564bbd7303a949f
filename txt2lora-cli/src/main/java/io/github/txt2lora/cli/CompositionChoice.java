package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.ImageComposition;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.RegionGrid;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The regions of the parts of a prompt; at most one of these options. */
final class CompositionChoice {

    @Option(
            names = "--regions",
            paramLabel = "RATIOS",
            description = "Ratios of the regions of a prompt with ADDCOL and ADDROW, in the syntax of Regional"
                    + " Prompter: 1,2 or 1,1,1;2,1.")
    private @Nullable String regions;

    @Option(
            names = "--latent-couple",
            paramLabel = "FIELDS",
            description = "Regions of the parts of a prompt with AND, as the fields of Latent Couple, separated by"
                    + " spaces: divisions (rows:columns), positions (row:column from 0) and, unless all are 1,"
                    + " weights. For a background and two halves: '1:1,1:2,1:2 0:0,0:0,0:1 0.2,0.8,0.8'.")
    private @Nullable String latentCouple;

    /**
     * The places.
     *
     * @throws InvalidSettingException if they are malformed
     */
    ImageComposition composition() {
        if (regions != null) {
            return RegionGrid.parse(regions);
        } else if (latentCouple != null) {
            return parse(latentCouple);
        }
        throw new IllegalStateException("picocli makes a choice only when one of its options is given");
    }

    private static LatentCouple parse(String text) {
        String[] fields = text.strip().split("\\s+", -1);
        return switch (fields.length) {
            case 2 -> LatentCouple.parse(fields[0], fields[1], ones(fields[0]));
            case 3 -> LatentCouple.parse(fields[0], fields[1], fields[2]);
            default ->
                throw InvalidSettingException.of(
                        "latent couple",
                        text,
                        "divisions, positions and perhaps weights, such as 1:2,1:2 0:0,0:1 for a left and a right"
                                + " half");
        };
    }

    private static String ones(String divisions) {
        return String.join(",", Collections.nCopies(divisions.split(",", -1).length, "1"));
    }
}
