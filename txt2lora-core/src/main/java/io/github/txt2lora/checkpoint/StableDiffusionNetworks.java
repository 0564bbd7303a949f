package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The networks of a Stable Diffusion model: their structures and all their tensors under diffusers' names.
 *
 * @param textEncoders the structures of the one or two text encoders
 */
record StableDiffusionNetworks(
        StableDiffusion family,
        UNetStructure unet,
        VaeStructure vae,
        Map<Component, TextEncoderStructure> textEncoders,
        Map<Component, Map<String, TensorView>> tensors) {

    /** The layers that are left of SD 2.x's 24 when a converter has dropped the unused one. */
    private static final int SD2_USED_LAYERS = 23;

    /** SDXL's UNet is told six sizes (original, crop, target), each as an embedding of this width. */
    private static final int SDXL_SIZES_WIDTH = 6 * 256;

    /**
     * Reads the structures off the tensors and checks that each network is whole and that they fit together.
     *
     * @throws CheckpointException when a tensor is missing, left over or of another shape than the others imply
     */
    static StableDiffusionNetworks of(Path file, StableDiffusion family, Map<Component, ComponentTensors> found) {
        Map<Component, Map<String, TensorView>> matched = new EnumMap<>(Component.class);
        ComponentTensors unetTensors = required(file, found, Component.UNET);
        UNetStructure unet = UNetStructure.of(unetTensors);
        matched.put(Component.UNET, unetTensors.matched(unet.tensors()));
        ComponentTensors vaeTensors = required(file, found, Component.VAE);
        VaeStructure vae = VaeStructure.of(vaeTensors, family.latents().channels());
        matched.put(Component.VAE, vaeTensors.matched(vae.tensors()));

        Map<Component, TextEncoderStructure> encoders = new EnumMap<>(Component.class);
        addTextEncoder(family, required(file, found, Component.TEXT_ENCODER), encoders, matched);
        if (family == StableDiffusion.SDXL) {
            addTextEncoder(family, required(file, found, Component.TEXT_ENCODER_2), encoders, matched);
        }
        StableDiffusionNetworks contents = new StableDiffusionNetworks(family, unet, vae, encoders, matched);
        contents.requireFitting(file);
        return contents;
    }

    /**
     * With what the model says beside its weights.
     *
     * @param metadata of the UNet's file
     * @param fileForHash the file whose hash names the model
     */
    CheckpointContents contents(ModelHints hints, Map<String, String> metadata, Path fileForHash) {
        return new CheckpointContents(family, tensors, textEncoders, unet, vae, hints, metadata, fileForHash);
    }

    private static ComponentTensors required(Path file, Map<Component, ComponentTensors> found, Component component) {
        ComponentTensors tensors = found.get(component);
        if (tensors == null || tensors.byKey().isEmpty()) {
            throw new CheckpointException("%s has no %s; expected a complete checkpoint with UNet, text encoder and VAE"
                    .formatted(file, component.folderName()));
        }
        return tensors;
    }

    private static void addTextEncoder(
            StableDiffusion family,
            ComponentTensors tensors,
            Map<Component, TextEncoderStructure> encoders,
            Map<Component, Map<String, TensorView>> matched) {
        TextEncoderStructure structure = TextEncoderStructure.of(tensors);
        ComponentTensors used = tensors;
        boolean openClip = tensors.keyMap() instanceof OpenClipKeys;
        if (family == StableDiffusion.SD2
                && (openClip ? structure.layers() != SD2_USED_LAYERS : structure.layers() == SD2_USED_LAYERS + 1)) {
            // SD 2.x was trained on the output of the last layer but one; the last one is stored and never used.
            int last = structure.layers() - 1;
            structure = structure.withLayers(last);
            String unused = openClip ? OpenClipKeys.layerPrefix(last) : TextEncoderStructure.layerPrefix(last);
            used = tensors.ignoring(key -> key.startsWith(unused));
        }
        encoders.put(tensors.component(), structure);
        matched.put(tensors.component(), used.matched(structure.tensors()));
    }

    private void requireFitting(Path file) {
        boolean sdxl = family == StableDiffusion.SDXL;
        long textWidth = textEncoders.values().stream()
                .mapToLong(TextEncoderStructure::width)
                .sum();
        if (unet.contextWidth() != textWidth) {
            throw new CheckpointException("%s: the UNet takes text embeddings of width %d, the text encoder gives %d"
                    .formatted(file, unet.contextWidth(), textWidth));
        }
        if (sdxl != unet.additionWidth().isPresent()) {
            throw new CheckpointException("%s: the text encoders are those of %s, but the UNet has %s"
                    .formatted(
                            file,
                            family.displayName(),
                            sdxl ? "no add_embedding (label_emb)" : "an add_embedding (label_emb), as in SDXL"));
        }
        Optional.ofNullable(textEncoders.get(Component.TEXT_ENCODER_2)).ifPresent(encoder -> {
            long pooled = encoder.projectionWidth().orElse(0);
            long taken = (long) unet.additionWidth().orElse(0) - SDXL_SIZES_WIDTH;
            if (pooled != taken) {
                throw new CheckpointException(
                        "%s: the UNet takes a pooled text embedding of width %d, the second text encoder gives %d"
                                .formatted(file, taken, pooled));
            }
        });
    }
}
