package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.LayerNames;
import java.util.ArrayList;
import java.util.List;

/**
 * A rank of some layers that differs from the rank of the LoRA, as kohya's {@code block_dims} have it.
 *
 * @param layers the layers
 * @param rank their rank, 0 for no LoRA on them
 */
public record LayerRank(LoraTarget layers, int rank) {

    /** In kohya's lists of numbers, the middle block of SDXL has one for each of its parts. */
    private static final int SDXL_BLOCKS = 23;

    private static final int BLOCKS = 25;

    /**
     * Checks both.
     *
     * @throws InvalidSettingException if the rank is negative, or the layers are {@link LoraTarget#AUTO}
     */
    public LayerRank {
        if (Check.given("layers", layers).equals(LoraTarget.AUTO)) {
            throw InvalidSettingException.of(
                    "layers", layers, "layers that are the same for all models, such as XATTN");
        }
        Check.atLeast("rank", rank, 0);
    }

    /**
     * The ranks of all blocks, as a list of kohya's {@code block_dims} gives them.
     *
     * @param ranks 25 numbers for Stable Diffusion 1.x and 2.x, {@code IN00} to {@code IN11}, {@code MID}, {@code OUT00}
     *     to {@code OUT11}; 23 for SDXL, the embedding of the timestep, {@code IN00} to {@code IN08}, {@code M00} to
     *     {@code M02}, {@code OUT00} to {@code OUT08}, and the last convolution
     * @throws InvalidSettingException if there are more or fewer, or one is negative
     */
    public static List<LayerRank> ofBlocks(List<Integer> ranks) {
        int count = Check.given("layerRanks", ranks).size();
        if (count != BLOCKS && count != SDXL_BLOCKS) {
            throw InvalidSettingException.of(
                    "layerRanks",
                    count + " numbers",
                    BLOCKS + " for the blocks of Stable Diffusion 1.x or 2.x, or " + SDXL_BLOCKS
                            + " for those of SDXL");
        }
        List<String> blocks = LayerNames.blocks(count == SDXL_BLOCKS);
        List<LayerRank> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            result.add(new LayerRank(LoraTarget.names(blocks.get(i)), Check.given("rank", ranks.get(i))));
        }
        return List.copyOf(result);
    }

    /** The layers and the rank, as in {@code names(mid_block)=8}. */
    @Override
    public String toString() {
        return layers + "=" + rank;
    }
}
