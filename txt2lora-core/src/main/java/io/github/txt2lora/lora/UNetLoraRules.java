package io.github.txt2lora.lora;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.checkpoint.Component;
import java.util.List;
import java.util.Map;

/** The layers of Stable Diffusion's UNet that can get a LoRA. */
public record UNetLoraRules() implements LoraRules {

    @Override
    public Component denoiser() {
        return Component.UNET;
    }

    @Override
    public LoraFileNaming naming() {
        return new LoraFileNaming.Kohya();
    }

    @Override
    public List<LoraModule> trained(Map<String, List<Long>> weightShapes) {
        return UNetLayers.list(weightShapes);
    }

    /** Also those outside of the blocks. */
    @Override
    public List<LoraModule> all(Map<String, List<Long>> weightShapes) {
        return UNetLayers.listAll(weightShapes);
    }

    @Override
    public boolean isMeant(LoraModule layer, LoraSpec spec) {
        return isOfType(layer, spec.type()) && spec.target().matches(layer.name());
    }

    private static boolean isOfType(LoraModule layer, LoraType type) {
        return switch (type) {
            case LIERLA -> layer.name().contains(".attentions.");
            case C3LIER -> true;
        };
    }
}
