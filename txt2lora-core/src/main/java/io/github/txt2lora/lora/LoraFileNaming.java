package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.Component;
import java.util.List;

/** The names in a family's LoRA files of the tensors of a layer of the denoiser. */
public sealed interface LoraFileNaming {

    /** The common prefix of the names of a layer's tensors. */
    String nameOf(LoraModule layer);

    /** The layer that a module of a file is for, as far as its name tells; dots may be underscores. */
    String layerOf(LoraPair pair);

    /**
     * As kohya's trainers write them for Stable Diffusion: {@code lora_unet_} and the layer's name with underscores,
     * then {@code .alpha}, {@code .lora_down.weight} and {@code .lora_up.weight}.
     */
    record Kohya() implements LoraFileNaming {

        @Override
        public String nameOf(LoraModule layer) {
            return new LayerName(Component.UNET, layer.name()).kohya(false);
        }

        @Override
        public String layerOf(LoraPair pair) {
            return pair.name().path();
        }
    }

    /**
     * As PEFT writes them and ComfyUI reads them: a prefix and the layer's name, then {@code .lora_A.weight} and
     * {@code .lora_B.weight}, the latter with alpha / rank multiplied in.
     *
     * @param prefix such as {@code diffusion_model.}
     */
    record Peft(String prefix) implements LoraFileNaming {

        private static final String KOHYA_PREFIX = "lora_unet_";

        @Override
        public String nameOf(LoraModule layer) {
            return prefix + layer.name();
        }

        @Override
        public String layerOf(LoraPair pair) {
            String module = pair.module();
            return List.of(prefix, "base_model.model." + prefix, KOHYA_PREFIX).stream()
                    .filter(module::startsWith)
                    .findFirst()
                    .map(start -> module.substring(start.length()))
                    .orElse(module);
        }
    }
}
