package io.github.txt2lora.diffusion;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.ImageComposition;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.Region;
import io.github.txt2lora.image.RegionGrid;
import io.github.txt2lora.image.WholePicture;
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
            List<List<String>> rows = PromptParts.ofGrid(prompt);
            List<PromptPart> parts = rows.stream()
                    .flatMap(List::stream)
                    .map(text -> new PromptPart(text, 1))
                    .toList();
            return place(parts, grid.regions(rows.stream().map(List::size).toList()));
        }
        throw new IllegalArgumentException("unknown kind of composition: " + composition);
    }

    private static List<PlacedPrompt> place(List<PromptPart> parts, List<Region> regions) {
        if (parts.size() != regions.size()) {
            throw new InvalidSettingException("the prompt has " + parts.size() + " parts, but the composition has "
                    + regions.size() + " regions; expected a region for each part between AND");
        }
        List<PlacedPrompt> placed = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            placed.add(new PlacedPrompt(parts.get(i).text(), parts.get(i).weight(), regions.get(i)));
        }
        return placed;
    }
}
