package io.github.txt2lora.ops;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The content of a LoRA file.
 *
 * @param file the file
 * @param naming naming of its tensors
 * @param numberFormats number formats of its tensors in the notation of safetensors, for example {@code F16}
 * @param modules its modules in the order of the file
 * @param metadata the metadata in its header, in the order of the file
 * @param hash comparison of the content with the hash in the metadata
 * @param warnings sentences about content of the file that is ignored
 */
public record LoraInfo(
        Path file,
        LoraNaming naming,
        Set<String> numberFormats,
        List<Module> modules,
        Map<String, String> metadata,
        HashCheck hash,
        List<String> warnings) {

    /** Copies the collections. */
    public LoraInfo {
        numberFormats = Set.copyOf(numberFormats);
        modules = List.copyOf(modules);
        warnings = List.copyOf(warnings);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * A layer with its LoRA.
     *
     * @param name name in the file
     * @param layer name of the layer in diffusers, after the folder of the network, for example
     *     {@code unet.mid_block.attentions.0.proj_in}
     * @param rank number of columns of up and rows of down
     * @param alpha scale: the LoRA adds {@code alpha / rank * up x down} to the weights
     * @param downShape shape of down, [rank, inputs] or [rank, inputs, kernel, kernel]
     * @param outputs rows of up
     */
    public record Module(String name, String layer, int rank, double alpha, List<Long> downShape, long outputs) {

        /** Copies the shape. */
        public Module {
            downShape = List.copyOf(downShape);
        }
    }
}
