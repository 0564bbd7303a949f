package io.github.txt2lora.lora;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.internal.Excerpt;
import java.util.List;
import java.util.Map;

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
     * The layers that a type and a target mean, in the order in which they are initialised.
     *
     * @param weightShapes shapes of the denoiser's weights by their names
     * @throws InvalidSettingException if there is none
     */
    default List<LoraModule> select(Map<String, List<Long>> weightShapes, LoraSpec spec) {
        List<LoraModule> trained = trained(weightShapes);
        LoraSpec chosen = spec.target().equals(LoraTarget.AUTO) ? withTargetFor(trained, spec) : spec;
        List<LoraModule> selected =
                trained.stream().filter(layer -> isMeant(layer, chosen)).toList();
        if (selected.isEmpty()) {
            String example = LoraTarget.named().contains(spec.target())
                    ? ""
                    : trained.stream()
                            .filter(layer -> isMeant(
                                    layer,
                                    LoraSpec.builder()
                                            .type(spec.type())
                                            .target(LoraTarget.FULL)
                                            .build()))
                            .findFirst()
                            .map(layer -> ", which has layers such as " + layer.name())
                            .orElse("");
            throw new InvalidSettingException("type " + spec.type() + " with target "
                    + Excerpt.of(spec.target().name())
                    + " matches no layer of this " + denoiser().displayName() + example
                    + "; choose target FULL");
        }
        return selected;
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
