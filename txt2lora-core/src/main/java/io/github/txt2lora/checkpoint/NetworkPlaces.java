package io.github.txt2lora.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The places of the networks in a single file. The usual prefixes come first; where a file has others, as trainers,
 * mergers and ComfyUI write them, what stands before telling keys is taken, averaged copies (EMA) last.
 */
final class NetworkPlaces {

    private static final String EMA_WITHOUT_DOTS = "model_ema.diffusion_model";

    /** The prefixes of a second text encoder. */
    private static final List<String> SECOND_ENCODER =
            List.of("embedders.1.", "text_encoder_2.", "text_encoders_2.", "te2.", "te_2.", "clip_g.");

    private final Map<NetworkLayout, Map<String, Integer>> counts = new EnumMap<>(NetworkLayout.class);
    private final boolean emaWithoutDots;

    /** One network: the prefix and the continuation of its keys. */
    record Place(String prefix, NetworkLayout layout) {

        /** Whether the keys have lost the dots between their parts, as averaged copies of training programs have. */
        boolean isWithoutDots() {
            return prefix.equals(EMA_WITHOUT_DOTS);
        }

        /** Whether it is a second text encoder by its prefix. */
        boolean isSecondEncoder() {
            return SECOND_ENCODER.stream().anyMatch(prefix::contains);
        }
    }

    NetworkPlaces(Set<String> keys) {
        for (NetworkLayout layout : NetworkLayout.values()) {
            Map<String, Integer> prefixes = new LinkedHashMap<>();
            keys.forEach(key -> layout.prefixOf(key).ifPresent(prefix -> prefixes.merge(prefix, 1, Integer::sum)));
            counts.put(layout, prefixes);
        }
        this.emaWithoutDots = keys.stream().anyMatch(key -> key.startsWith(EMA_WITHOUT_DOTS + "input_blocks"));
    }

    /** The UNet, if there is one; its averaged copy where that is all there is. */
    Optional<Place> unet() {
        Optional<Place> ldm = best(NetworkLayout.LDM_UNET, SingleFileLayout.UNET_PREFIX);
        if (ldm.isPresent()) {
            return ldm;
        }
        return emaWithoutDots
                ? Optional.of(new Place(EMA_WITHOUT_DOTS, NetworkLayout.LDM_UNET))
                : best(NetworkLayout.DIFFUSERS_UNET, "unet.");
    }

    /** The VAE, if there is one. */
    Optional<Place> vae() {
        Optional<Place> diffusers = best(NetworkLayout.DIFFUSERS_VAE, "vae.");
        return diffusers.isPresent() ? diffusers : best(NetworkLayout.LDM_VAE, "first_stage_model.");
    }

    /**
     * The text encoders, the second of SDXL last.
     *
     * @param usual the prefixes that count where there are more than two
     * @param width of an encoder's embeddings; that of SDXL's second is larger
     */
    List<Place> textEncoders(Set<String> usual, ToLongFunction<Place> width) {
        List<Place> found = new ArrayList<>();
        for (NetworkLayout layout : List.of(NetworkLayout.CLIP, NetworkLayout.OPEN_CLIP)) {
            prefixes(layout).forEach(prefix -> found.add(new Place(prefix, layout)));
        }
        if (found.size() > 2) {
            found.removeIf(place -> !usual.contains(place.prefix()));
        }
        found.sort(Comparator.comparing(Place::isSecondEncoder)
                .thenComparing(Place::layout)
                .thenComparingLong(width));
        return found;
    }

    private Optional<Place> best(NetworkLayout layout, String usual) {
        List<String> prefixes = prefixes(layout);
        if (prefixes.contains(usual)) {
            return Optional.of(new Place(usual, layout));
        }
        Map<String, Integer> count = counts.getOrDefault(layout, Map.of());
        return prefixes.stream()
                .max(Comparator.comparingInt((String prefix) -> count.getOrDefault(prefix, 0))
                        .thenComparing(Comparator.reverseOrder()))
                .map(prefix -> new Place(prefix, layout));
    }

    /** Without averaged copies, unless there is nothing else. */
    private List<String> prefixes(NetworkLayout layout) {
        Set<String> all = counts.getOrDefault(layout, Map.of()).keySet();
        List<String> plain =
                all.stream().filter(prefix -> !prefix.contains("ema.")).sorted().toList();
        return plain.isEmpty() ? all.stream().sorted().toList() : plain;
    }
}
