package io.github.txt2lora.checkpoint;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a model, as a {@link CheckpointFormat} finds them.
 *
 * @param family of the model
 * @param tensors of each network, by the names that its script knows them by
 * @param textEncoders the structures of the text encoders that are CLIP's
 * @param unet the structure of the UNet, if the denoiser is one
 * @param vae the structure of the VAE, if the decoder is one like Stable Diffusion's
 * @param hints properties that the model declares
 * @param metadata of the denoiser's file
 * @param fileForHash the file whose hash names the model in a LoRA's metadata
 */
public record CheckpointContents(
        ModelFamily family,
        Map<Component, Map<String, TensorView>> tensors,
        Map<Component, TextEncoderStructure> textEncoders,
        @Nullable UNetStructure unet,
        @Nullable VaeStructure vae,
        ModelHints hints,
        Map<String, String> metadata,
        Path fileForHash) {}
