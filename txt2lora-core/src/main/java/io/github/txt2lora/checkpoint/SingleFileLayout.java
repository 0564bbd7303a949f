package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.NetworkPlaces.Place;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The layout in which checkpoints are shared as one file: the keys of the latent-diffusion (SD 1.x, SD 2.x) and
 * generative-models (SDXL) sources, or those of diffusers, each network under a prefix. Keys outside the networks (EMA
 * copies, diffusion constants) are not looked at.
 */
final class SingleFileLayout {
    static final String UNET_PREFIX = "model.diffusion_model.";
    private static final String REFINER_TEXT_PREFIX = "conditioner.embedders.0.model.";

    /** The prefixes of text encoders in the sources. */
    private static final Set<String> TEXT_PREFIXES = Set.of(
            "cond_stage_model.transformer.",
            "cond_stage_model.model.",
            "conditioner.embedders.0.transformer.",
            "conditioner.embedders.1.model.",
            REFINER_TEXT_PREFIX);

    private static final String TEXT_MODEL = "text_model.";

    private static final Predicate<String> NONE = key -> false;

    /** The discriminator with which a VAE was trained. */
    private static final Predicate<String> VAE_TRAINING = key -> key.startsWith("loss.");

    private final Path file;
    private final Map<String, TensorView> tensors;
    private final List<Place> places = new ArrayList<>();

    private SingleFileLayout(Path file, Map<String, TensorView> tensors) {
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * Finds the networks in a file.
     *
     * @throws CheckpointException when it is no checkpoint, or an incomplete one
     */
    static StableDiffusionNetworks read(Path file, Map<String, TensorView> tensors) {
        return new SingleFileLayout(file, tensors).read();
    }

    private StableDiffusionNetworks read() {
        var found = new NetworkPlaces(tensors.keySet());
        Optional<Place> unet = found.unet();
        Optional<Place> vae = found.vae();
        List<Place> encoders = found.textEncoders(TEXT_PREFIXES, this::width);
        if (unet.isEmpty() || vae.isEmpty() || encoders.isEmpty()) {
            throw ForeignModel.describe(file, tensors.keySet(), unet, vae, encoders);
        }
        places.add(unet.get());
        places.add(vae.get());
        places.addAll(encoders);
        Map<Component, ComponentTensors> networks = new EnumMap<>(Component.class);
        networks.put(Component.UNET, unet(unet.get()));
        networks.put(Component.VAE, vae(vae.get()));
        StableDiffusion generation = generation(encoders, networks);
        Place first = encoders.get(0);
        if (generation == StableDiffusion.SDXL) {
            Place second = encoders.get(encoders.size() - 1);
            networks.put(Component.TEXT_ENCODER_2, encoder(Component.TEXT_ENCODER_2, second));
            if (encoders.size() > 1) {
                networks.put(Component.TEXT_ENCODER, encoder(Component.TEXT_ENCODER, first));
            }
        } else {
            networks.put(Component.TEXT_ENCODER, encoder(Component.TEXT_ENCODER, first));
        }
        return StableDiffusionNetworks.of(file, generation, networks);
    }

    private StableDiffusion generation(List<Place> encoders, Map<Component, ComponentTensors> networks) {
        if (encoders.size() > 2) {
            throw new CheckpointException("%s has %d text encoders (keys %s...); expected one or two"
                    .formatted(
                            file,
                            encoders.size(),
                            Excerpt.of(String.join(
                                    "..., ",
                                    encoders.stream().map(Place::prefix).toList()))));
        }
        Place first = encoders.get(0);
        if (encoders.size() == 2 || first.isSecondEncoder()) {
            return StableDiffusion.SDXL;
        }
        if (first.prefix().equals(REFINER_TEXT_PREFIX)) {
            throw new CheckpointException(
                    file + " is an SDXL refiner; expected a base model (SD 1.x, SD 2.x or SDXL base)");
        }
        return first.layout() == NetworkLayout.OPEN_CLIP ? StableDiffusion.SD2 : FolderLayout.generation(networks);
    }

    private ComponentTensors unet(Place place) {
        Map<String, TensorView> unet = tensorsOf(place);
        KeyMap keys = KeyMap.DIFFUSERS;
        if (place.isWithoutDots()) {
            var dotted = new LdmUnetKeys(key -> unet.containsKey(withoutDots(key)));
            keys = name -> KeyMap.KeySource.copy(withoutDots(dotted.source(name).key()));
        } else if (place.layout() == NetworkLayout.LDM_UNET) {
            keys = new LdmUnetKeys(unet::containsKey);
        }
        return new ComponentTensors(file, Component.UNET, place.prefix(), unet, keys, NONE);
    }

    private static String withoutDots(String key) {
        return key.replace(".", "");
    }

    private ComponentTensors vae(Place place) {
        Map<String, TensorView> vae = tensorsOf(place);
        KeyMap keys = place.layout() == NetworkLayout.LDM_VAE
                ? new LdmVaeKeys(vae.keySet())
                : FolderLayout.vaeKeys(vae.keySet());
        return new ComponentTensors(file, Component.VAE, place.prefix(), vae, keys, VAE_TRAINING);
    }

    private ComponentTensors encoder(Component component, Place place) {
        Map<String, TensorView> encoder = tensorsOf(place);
        KeyMap keys = place.layout() == NetworkLayout.OPEN_CLIP ? new OpenClipKeys() : clipKeys(encoder.keySet());
        return new ComponentTensors(file, component, place.prefix(), encoder, keys, UnusedTextKeys.of(component));
    }

    private static KeyMap clipKeys(Set<String> keys) {
        // Early files were written with a release of transformers that had no "text_model." level.
        boolean early = keys.stream().noneMatch(key -> key.startsWith(TEXT_MODEL));
        return name -> {
            if (name.equals(OpenClipKeys.PROJECTION) && !keys.contains(name)) {
                return OpenClipKeys.TRANSPOSED_PROJECTION;
            }
            return KeyMap.KeySource.copy(
                    early && name.startsWith(TEXT_MODEL) ? name.substring(TEXT_MODEL.length()) : name);
        };
    }

    /** The width of a text encoder in CLIP's layout, 0 if its embeddings are not there. */
    private long width(Place place) {
        for (String key :
                List.of("text_model.embeddings.token_embedding.weight", "embeddings.token_embedding.weight")) {
            TensorView embedding = tensors.get(place.prefix() + key);
            if (embedding != null && embedding.shape().size() == 2) {
                return embedding.shape().get(1);
            }
        }
        return 0;
    }

    /** A network's tensors by their keys without the prefix. */
    private Map<String, TensorView> tensorsOf(Place place) {
        String prefix = place.prefix();
        boolean holdsOthers = places.stream()
                .anyMatch(other -> !other.equals(place) && other.prefix().startsWith(prefix));
        Map<String, TensorView> found = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> {
            if (key.startsWith(prefix)) {
                String own = key.substring(prefix.length());
                if (!holdsOthers || place.layout().owns(own)) {
                    found.put(own, tensor);
                }
            }
        });
        return found;
    }
}
