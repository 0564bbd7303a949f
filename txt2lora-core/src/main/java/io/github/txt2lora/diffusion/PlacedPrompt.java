package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.ImageComposition;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.Region;
import io.github.txt2lora.image.RegionGrid;
import io.github.txt2lora.image.WholePicture;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.text.PromptGrid;
import io.github.txt2lora.text.PromptPart;
import io.github.txt2lora.text.PromptParts;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a prompt and where it applies.
 *
 * @param text without the keywords that separated the parts
 * @param weight multiplies the region's weight
 * @param region where, and how strongly
 */
public record PlacedPrompt(String text, double weight, Region region) {

    /**
     * The parts of a prompt in the web UI's syntax.
     *
     * @return one or more
     * @throws InvalidSettingException if the composition has regions for another number of parts
     */
    public static List<PlacedPrompt> of(String prompt, ImageComposition composition) {
        if (composition instanceof WholePicture) {
            return PromptParts.ofAnd(prompt).stream()
                    .map(part -> new PlacedPrompt(part.text(), part.weight(), Region.WHOLE))
                    .toList();
        } else if (composition instanceof LatentCouple couple) {
            return place(PromptParts.ofAnd(prompt), couple.regions());
        } else if (composition instanceof RegionGrid grid) {
            return place(PromptGrid.parse(prompt), grid);
        }
        throw new IllegalArgumentException("unknown kind of composition: " + composition);
    }

    /**
     * The parts of a prompt's negative prompt: one for the whole image, or one for each region of a {@link RegionGrid}.
     *
     * @throws InvalidSettingException if it has parts for other regions than the prompt, or a base
     */
    public static List<PlacedPrompt> ofNegative(String negative, String prompt, ImageComposition composition) {
        if (!(composition instanceof RegionGrid grid)) {
            return List.of(whole(negative));
        }
        PromptGrid parts = PromptGrid.parse(negative);
        if (parts.base().isPresent()) {
            throw new InvalidSettingException(
                    "the negative prompt has ADDBASE; expected only ADDCOMM, ADDROW and ADDCOL there");
        }
        if (parts.parts().size() == 1) {
            return List.of(whole(parts.parts().get(0)));
        }
        List<Integer> columns = PromptGrid.parse(prompt).columns();
        if (!parts.columns().equals(columns)) {
            throw new InvalidSettingException("the negative prompt has rows of " + parts.columns()
                    + " regions, but the prompt of " + columns + "; expected the same, or no ADDROW and ADDCOL");
        }
        return place(parts, grid);
    }

    /** A prompt that is no part of a composition. */
    public static PlacedPrompt whole(String text) {
        return new PlacedPrompt(text, 1, Region.WHOLE);
    }

    /** The base's share and that of the regions add up to 1 everywhere. */
    private static List<PlacedPrompt> place(PromptGrid prompt, RegionGrid grid) {
        List<PlacedPrompt> placed = new ArrayList<>();
        prompt.base().ifPresent(base -> placed.add(new PlacedPrompt(base, grid.baseRatio(), Region.WHOLE)));
        double rest = placed.isEmpty() ? 1 : 1 - grid.baseRatio();
        List<PromptPart> parts =
                prompt.parts().stream().map(text -> new PromptPart(text, rest)).toList();
        placed.addAll(place(parts, grid.regions(prompt.columns())));
        return placed;
    }

    private static List<PlacedPrompt> place(List<PromptPart> parts, List<Region> regions) {
        if (parts.size() != regions.size()) {
            throw new InvalidSettingException(
                    "the prompt has " + Count.of(parts.size(), "part") + ", but the composition has "
                            + Count.of(regions.size(), "region") + "; expected a region for each part between AND");
        }
        List<PlacedPrompt> placed = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            placed.add(new PlacedPrompt(parts.get(i).text(), parts.get(i).weight(), regions.get(i)));
        }
        return placed;
    }
}
