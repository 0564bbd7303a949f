package io.github.txt2lora.lora;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.internal.LayerNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The ranks of the blocks of a LoRA, as kohya's metadata list them. */
final class BlockRanks {

    private BlockRanks() {}

    /**
     * A number for each block after commas, 0 where it has no LoRA; empty if the layers of a block have several ranks, or
     * layers are in no such block.
     *
     * @param layers those that have a LoRA
     * @param isSdxl whether the model is SDXL
     * @param convolutions whether it is about convolutions with a kernel larger than 1x1, or about all other layers
     */
    static Optional<String> of(LoraSpec lora, List<LoraModule> layers, boolean isSdxl, boolean convolutions) {
        List<LoraModule> wanted = layers.stream()
                .filter(layer -> hasKernel(layer) == convolutions)
                .toList();
        List<String> numbers = new ArrayList<>();
        int inBlocks = 0;
        for (String block : LayerNames.blocks(isSdxl)) {
            LayerNames names = LayerNames.of(block);
            List<LoraModule> inside =
                    wanted.stream().filter(layer -> names.contain(layer.name())).toList();
            Set<Integer> ranks =
                    inside.stream().map(layer -> lora.rankOf(layer.name())).collect(Collectors.toSet());
            if (ranks.size() > 1) {
                return Optional.empty();
            }
            inBlocks += inside.size();
            numbers.add(String.valueOf(ranks.stream().findAny().orElse(0)));
        }
        return inBlocks == wanted.size() ? Optional.of(String.join(",", numbers)) : Optional.empty();
    }

    /** Whether ranks are given to all blocks of a kind of model, of which a small model may lack some. */
    static boolean areOfAllBlocks(LoraSpec lora, boolean isSdxl) {
        Set<String> targets = lora.layerRanks().stream()
                .map(layerRank -> layerRank.layers().name())
                .collect(Collectors.toSet());
        return LayerNames.blocks(isSdxl).stream()
                .allMatch(block -> targets.contains(LoraTarget.names(block).name()));
    }

    /** Whether a layer is a convolution with a kernel larger than 1x1. */
    static boolean hasKernel(LoraModule layer) {
        return layer.shape().isConvolution()
                && layer.shape().fanIn() > layer.shape().inputs().get(0);
    }
}
