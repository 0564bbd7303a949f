package io.github.txt2lora.lora;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The layers of a family's denoiser that can get a LoRA, and their names in files. */
public interface LoraRules {

    /** The denoiser. */
    Component denoiser();

    /** The names of the layers in files. */
    LoraFileNaming naming();

    /** The layers that a training may change, in the order in which they are initialised. */
    List<LoraModule> trained(Map<String, List<Long>> weightShapes);

    /** All layers that a LoRA of whatever trainer could have. */
    List<LoraModule> all(Map<String, List<Long>> weightShapes);

    /** Whether a type and a target mean a layer. */
    boolean isMeant(LoraModule layer, LoraSpec spec);

    /**
     * The layers that a type and a target mean, but for those of rank 0, in the order in which they are initialised.
     *
     * @param weightShapes shapes of the denoiser's weights by their names
     * @throws InvalidSettingException if there is none, or none for one of the names or ranks
     */
    default List<LoraModule> select(Map<String, List<Long>> weightShapes, LoraSpec spec) {
        return select(weightShapes, spec, Set.of());
    }

    /**
     * The same, and also some layers by their names, whatever type and target mean.
     *
     * @throws InvalidSettingException as there
     */
    default List<LoraModule> select(Map<String, List<Long>> weightShapes, LoraSpec spec, Set<String> also) {
        List<LoraModule> trained = trained(weightShapes);
        LoraSpec chosen = spec.target().equals(LoraTarget.AUTO) ? withTargetFor(trained, spec) : spec;
        for (LoraTarget part : chosen.target().parts()) {
            LoraSpec ofPart = chosen.toBuilder().target(part).build();
            if (trained.stream().noneMatch(layer -> isMeant(layer, ofPart))) {
                throw new InvalidSettingException("type " + spec.type() + " with target "
                        + Excerpt.of(part.name())
                        + " matches no layer of this " + denoiser().displayName()
                        + (LoraTarget.named().contains(part) ? "" : example(trained, spec, ", which has"))
                        + "; choose target FULL");
            }
        }
        List<LoraModule> selected = trained.stream()
                .filter(layer -> isMeant(layer, chosen) || also.contains(layer.name()))
                .toList();
        return spec.layerRanks().isEmpty() ? selected : withRanks(selected, all(weightShapes), spec);
    }

    /** Without those of rank 0. */
    private List<LoraModule> withRanks(List<LoraModule> selected, List<LoraModule> all, LoraSpec spec) {
        requireRankedLayers(all, spec);
        List<LoraModule> ranked =
                selected.stream().filter(layer -> spec.rankOf(layer.name()) > 0).toList();
        if (ranked.isEmpty()) {
            throw new InvalidSettingException("layerRanks gives rank 0 to all "
                    + Count.of(selected.size(), "layer") + " of type " + spec.type() + " with target "
                    + Excerpt.of(spec.target().name()) + "; expected a rank above 0 for at least one");
        }
        return ranked;
    }

    private void requireRankedLayers(List<LoraModule> all, LoraSpec spec) {
        boolean isSdxl = all.stream().anyMatch(layer -> layer.name().startsWith("add_embedding."));
        if (BlockRanks.areOfAllBlocks(spec, isSdxl)) {
            return;
        }
        if (BlockRanks.areOfAllBlocks(spec, !isSdxl)) {
            throw new InvalidSettingException("layerRanks has the "
                    + (isSdxl ? "25 blocks of Stable Diffusion 1.x" + " and 2.x" : "23 blocks of SDXL") + "; expected "
                    + (isSdxl ? "23 numbers, as this is SDXL" : "25 numbers, as this is another model"));
        }
        for (LayerRank layerRank : spec.layerRanks()) {
            for (LoraTarget part : layerRank.layers().parts()) {
                if (all.stream().noneMatch(layer -> part.matches(layer.name()))) {
                    throw new InvalidSettingException("layerRanks has rank " + layerRank.rank() + " for "
                            + Excerpt.of(part.name()) + ", but this "
                            + denoiser().displayName()
                            + " has no such layer" + example(all, spec, "; it has")
                            + "; expected names of layers or blocks, or a regular expression that matches some");
                }
            }
        }
    }

    /**
     * Ranks without effect, since the layers that they are for are not trained.
     *
     * @param selected layers that are trained
     */
    default List<LayerRank> unusedRanks(List<LoraModule> selected, LoraSpec spec) {
        if (BlockRanks.areOfAllBlocks(spec, true) || BlockRanks.areOfAllBlocks(spec, false)) {
            return List.of();
        }
        return spec.layerRanks().stream()
                .filter(layerRank -> layerRank.rank() > 0
                        && selected.stream()
                                .noneMatch(layer -> layerRank.layers().matches(layer.name())))
                .toList();
    }

    /** Names the first layer that the type means, for somebody who does not know the names. */
    private String example(List<LoraModule> layers, LoraSpec spec, String has) {
        LoraSpec full =
                LoraSpec.builder().type(spec.type()).target(LoraTarget.FULL).build();
        return layers.stream()
                .filter(layer -> isMeant(layer, full))
                .findFirst()
                .map(layer -> has + " layers such as " + layer.name())
                .orElse("");
    }

    private LoraSpec withTargetFor(List<LoraModule> trained, LoraSpec spec) {
        LoraSpec crossAttention = spec.toBuilder().target(LoraTarget.XATTN).build();
        boolean isEnough =
                spec.type() == LoraType.LIERLA && trained.stream().anyMatch(layer -> isMeant(layer, crossAttention));
        return isEnough
                ? crossAttention
                : spec.toBuilder().target(LoraTarget.FULL).build();
    }
}
