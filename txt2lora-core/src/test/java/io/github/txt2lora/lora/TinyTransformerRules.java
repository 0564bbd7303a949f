package io.github.txt2lora.lora;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.checkpoint.Component;
import java.util.List;
import java.util.Map;

/** The layers of {@link io.github.txt2lora.checkpoint.TinyFlow} that can get a LoRA: those of the blocks, all linear. */
public record TinyTransformerRules() implements LoraRules {

    private static final String WEIGHT = ".weight";

    @Override
    public Component denoiser() {
        return Component.TRANSFORMER;
    }

    @Override
    public LoraFileNaming naming() {
        return new LoraFileNaming.Peft("diffusion_model.");
    }

    @Override
    public List<LoraModule> trained(Map<String, List<Long>> weightShapes) {
        return all(weightShapes).stream()
                .filter(layer -> layer.name().startsWith("blocks."))
                .toList();
    }

    @Override
    public List<LoraModule> all(Map<String, List<Long>> weightShapes) {
        return weightShapes.entrySet().stream()
                .filter(weight ->
                        weight.getKey().endsWith(WEIGHT) && weight.getValue().size() == 2)
                .map(weight -> new LoraModule(
                        weight.getKey().substring(0, weight.getKey().length() - WEIGHT.length()),
                        new LayerShape(
                                Math.toIntExact(weight.getValue().get(0)),
                                weight.getValue().subList(1, 2))))
                .toList();
    }

    @Override
    public boolean isMeant(LoraModule layer, LoraSpec spec) {
        return spec.target().equals(LoraTarget.SELFATTN)
                ? layer.name().contains(".self_attn.")
                : spec.target().matches(layer.name());
    }
}
