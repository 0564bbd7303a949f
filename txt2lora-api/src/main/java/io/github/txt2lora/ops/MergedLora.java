package io.github.txt2lora.ops;

import java.util.List;

/**
 * The result of a merge.
 *
 * @param lora the new LoRA
 * @param resized statistics of the resize; empty without one
 */
public record MergedLora(LoraInfo lora, List<ResizedModule> resized) {

    /** Copies the list. */
    public MergedLora {
        resized = List.copyOf(resized);
    }
}
