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
 * @param naming how it names its tensors
 * @param numberFormats the formats of its numbers as safetensors names them, for example {@code F16}
 * @param modules its modules in the order of the file
 * @param metadata the metadata in its header, in the order of the file
 * @param hash whether the content matches the metadata
 * @param warnings sentences about other content of the file, which is not used
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
     * @param name as the file names it
     * @param layer the layer as diffusers names it, with the network's folder in front, for example {@code
     *     unet.mid_block.attentions.0.proj_in}
     * @param rank columns of up, rows of down
     * @param alpha the product up x down counts alpha / rank times
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
