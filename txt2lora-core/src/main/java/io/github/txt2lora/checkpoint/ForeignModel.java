package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.NetworkPlaces.Place;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Says what a safetensors file is that is no Stable Diffusion checkpoint. */
final class ForeignModel {
    /** Kinds in the order in which they are tried, each with a pattern that one key of such a file has. */
    private static final Map<String, Predicate<String>> KINDS = kinds();

    private ForeignModel() {}

    private static Map<String, Predicate<String>> kinds() {
        Map<String, Predicate<String>> kinds = new LinkedHashMap<>();
        kinds.put(
                "a LoRA (or another add-on network)",
                key("^lora_(unet|te|te1|te2)_|\\.lora_(up|down|A|B)\\.|\\.lora\\.(up|down)\\.|\\.(hada|lokr)_w"));
        kinds.put(
                "a ControlNet",
                key("^control_model\\.|^controlnet_|^zero_convs\\.|^input_hint_block\\.|^control_add_embedding"));
        kinds.put("a Flux model", key("(^|\\.)double_blocks\\."));
        kinds.put("a Stable Diffusion 3 model", key("(^|\\.)joint_blocks\\."));
        kinds.put("a textual inversion embedding", key("^(emb_params|clip_l|clip_g|string_to_param.*)$"));
        return kinds;
    }

    private static Predicate<String> key(String pattern) {
        return Pattern.compile(pattern).asPredicate();
    }

    /**
     * The exception for a file in which one of the three networks is not there.
     *
     * @param encoders the text encoders that are there
     */
    static CheckpointException describe(
            Path file, Set<String> keys, Optional<Place> unet, Optional<Place> vae, List<Place> encoders) {
        Optional<String> kind = KINDS.entrySet().stream()
                .filter(entry -> keys.stream().anyMatch(entry.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
        List<String> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        unet.ifPresentOrElse(place -> found.add("a UNet" + keysOf(place)), () -> missing.add("no unet"));
        vae.ifPresentOrElse(place -> found.add("a VAE" + keysOf(place)), () -> missing.add("no vae"));
        encoders.stream()
                .findFirst()
                .ifPresentOrElse(
                        place -> found.add("a text encoder (CLIP)" + keysOf(place)),
                        () -> missing.add("no text encoder"));
        String what;
        if (kind.isPresent()) {
            what = "looks like " + kind.get();
        } else if (unet.isPresent() && found.size() == 1 && isDiffusersFolders(unet.get())) {
            what = "looks like the UNet of a diffusers folder alone (open the folder that holds unet, vae and"
                    + " text_encoder)";
        } else if (found.size() == 1) {
            what = "looks like " + found.get(0).replaceFirst(" \\(keys|$", " alone$0") + ": it has "
                    + String.join(" and ", missing);
        } else if (found.size() == 2) {
            what = "has " + missing.get(0) + ", only " + String.join(" and ", found);
        } else {
            what = "is no Stable Diffusion checkpoint: it has %s%s"
                    .formatted(
                            Count.of(keys.size(), "tensor"),
                            keys.isEmpty()
                                    ? ""
                                    : " such as '" + Excerpt.of(keys.iterator().next()) + "'");
        }
        return new CheckpointException(
                ("%s %s; expected a checkpoint of Stable Diffusion 1.x, 2.x or XL with UNet, text"
                                + " encoder and VAE in one file (keys %s...)")
                        .formatted(file, what, SingleFileLayout.UNET_PREFIX));
    }

    private static boolean isDiffusersFolders(Place unet) {
        return unet.layout() == NetworkLayout.DIFFUSERS_UNET && unet.prefix().isEmpty();
    }

    private static String keysOf(Place place) {
        return place.prefix().isEmpty() ? "" : " (keys " + Excerpt.of(place.prefix()) + "...)";
    }
}
