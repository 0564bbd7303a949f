package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.Component;

/**
 * A layer of the denoiser that can get a LoRA.
 *
 * @param name its name, for example {@code mid_block.attentions.0.proj_in}
 * @param shape its inputs and outputs
 */
public record LoraModule(String name, LayerShape shape) {

    /** Its name in a LoRA file, as kohya's trainers write it. */
    public String loraName() {
        return new LayerName(Component.UNET, name).kohya(false);
    }

    /** Stride of the convolution: 2 where it halves the image. */
    public int stride() {
        return name.contains(".downsamplers.") ? 2 : 1;
    }
}
