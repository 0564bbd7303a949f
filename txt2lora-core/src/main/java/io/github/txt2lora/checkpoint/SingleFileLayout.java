package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The layout in which checkpoints are shared as one file: the keys of the latent-diffusion (SD 1.x, SD 2.x) and
 * generative-models (SDXL) sources. Keys outside the networks (EMA copies, diffusion constants) are not looked at.
 */
final class SingleFileLayout {
    static final String UNET_PREFIX = "model.diffusion_model.";
    private static final String VAE_PREFIX = "first_stage_model.";
    private static final String SD1_TEXT_PREFIX = "cond_stage_model.transformer.";
    private static final String SD2_TEXT_PREFIX = "cond_stage_model.model.";
    private static final String SDXL_TEXT_PREFIX = "conditioner.embedders.0.transformer.";
    private static final String SDXL_TEXT_2_PREFIX = "conditioner.embedders.1.model.";
    private static final String REFINER_TEXT_PREFIX = "conditioner.embedders.0.model.";

    private static final String TEXT_MODEL = "text_model.";

    private static final Predicate<String> NONE = key -> false;

    /** The discriminator with which a VAE was trained. */
    private static final Predicate<String> VAE_TRAINING = key -> key.startsWith("loss.");

    private SingleFileLayout() {}

    /**
     * Finds the networks in a file.
     *
     * @throws CheckpointException when it is no checkpoint, or an incomplete one
     */
    static CheckpointContents read(Path file, Map<String, TensorView> tensors) {
        if (tensors.keySet().stream().noneMatch(key -> key.startsWith(UNET_PREFIX + "input_blocks."))) {
            throw ForeignModel.describe(file, tensors.keySet());
        }
        Map<Component, ComponentTensors> found = new EnumMap<>(Component.class);
        Map<String, TensorView> unet = under(tensors, UNET_PREFIX);
        found.put(
                Component.UNET,
                new ComponentTensors(file, Component.UNET, UNET_PREFIX, unet, new LdmUnetKeys(unet.keySet()), NONE));
        Map<String, TensorView> vae = under(tensors, VAE_PREFIX);
        found.put(
                Component.VAE,
                new ComponentTensors(file, Component.VAE, VAE_PREFIX, vae, new LdmVaeKeys(vae.keySet()), VAE_TRAINING));
        ModelFamily family = addTextEncoders(file, tensors, found);
        return CheckpointContents.of(file, family, found);
    }

    private static ModelFamily addTextEncoders(
            Path file, Map<String, TensorView> tensors, Map<Component, ComponentTensors> found) {
        Set<String> keys = tensors.keySet();
        if (hasPrefix(keys, SDXL_TEXT_2_PREFIX)) {
            found.put(Component.TEXT_ENCODER, clip(file, tensors, SDXL_TEXT_PREFIX));
            found.put(Component.TEXT_ENCODER_2, openClip(file, Component.TEXT_ENCODER_2, tensors, SDXL_TEXT_2_PREFIX));
            return ModelFamily.SDXL;
        }
        if (hasPrefix(keys, SD2_TEXT_PREFIX)) {
            found.put(Component.TEXT_ENCODER, openClip(file, Component.TEXT_ENCODER, tensors, SD2_TEXT_PREFIX));
            return ModelFamily.SD2;
        }
        if (hasPrefix(keys, SD1_TEXT_PREFIX)) {
            found.put(Component.TEXT_ENCODER, clip(file, tensors, SD1_TEXT_PREFIX));
            return ModelFamily.SD1;
        }
        if (hasPrefix(keys, REFINER_TEXT_PREFIX)) {
            throw new CheckpointException(
                    file + " is an SDXL refiner; expected a base model (SD 1.x, SD 2.x or SDXL base)");
        }
        throw new CheckpointException(
                ("%s has a UNet but no text encoder (keys %s..., %s... or %s...); expected a complete checkpoint:"
                                + " choose the variant with everything in one file")
                        .formatted(file, SD1_TEXT_PREFIX, SD2_TEXT_PREFIX, SDXL_TEXT_2_PREFIX));
    }

    private static ComponentTensors clip(Path file, Map<String, TensorView> tensors, String prefix) {
        Map<String, TensorView> encoder = under(tensors, prefix);
        // Early files were written with a release of transformers that had no "text_model." level.
        KeyMap keys = hasPrefix(encoder.keySet(), TEXT_MODEL)
                ? KeyMap.DIFFUSERS
                : name ->
                        KeyMap.KeySource.copy(name.startsWith(TEXT_MODEL) ? name.substring(TEXT_MODEL.length()) : name);
        return new ComponentTensors(
                file, Component.TEXT_ENCODER, prefix, encoder, keys, UnusedTextKeys.of(Component.TEXT_ENCODER));
    }

    private static ComponentTensors openClip(
            Path file, Component component, Map<String, TensorView> tensors, String prefix) {
        return new ComponentTensors(
                file, component, prefix, under(tensors, prefix), new OpenClipKeys(), UnusedTextKeys.of(component));
    }

    private static boolean hasPrefix(Set<String> keys, String prefix) {
        return keys.stream().anyMatch(key -> key.startsWith(prefix));
    }

    private static Map<String, TensorView> under(Map<String, TensorView> tensors, String prefix) {
        Map<String, TensorView> found = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), tensor);
            }
        });
        return found;
    }
}
