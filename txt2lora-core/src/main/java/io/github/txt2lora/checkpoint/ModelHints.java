package io.github.txt2lora.checkpoint;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Properties that a model declares beside its weights; each is absent where the model does not declare it.
 *
 * @param vPrediction whether the UNet predicts velocity (v) rather than noise (epsilon)
 * @param zeroTerminalSnr whether the noise schedule was rescaled so that the last timestep is pure noise
 * @param vaeScalingFactor the factor for the VAE's latents
 */
public record ModelHints(
        Optional<Boolean> vPrediction, Optional<Boolean> zeroTerminalSnr, Optional<Double> vaeScalingFactor) {

    private static final String V_KEY = "v_pred";
    private static final String ZERO_SNR_KEY = "ztsnr";
    private static final String METADATA_KEY = "modelspec.prediction_type";

    /** The hints of a single file: the mere presence of a tensor speaks first, then the metadata. */
    static ModelHints of(Set<String> keys, Map<String, String> metadata) {
        return new ModelHints(
                has(keys, V_KEY) ? Optional.of(true) : prediction(metadata.get(METADATA_KEY)),
                has(keys, ZERO_SNR_KEY) ? Optional.of(true) : Optional.empty(),
                Optional.empty());
    }

    /** A program that wraps a model puts its own name in front of all keys. */
    private static boolean has(Set<String> keys, String hint) {
        return keys.stream().anyMatch(key -> key.equals(hint) || key.endsWith("." + hint));
    }

    /** Reads the name of a prediction type as modelspec or diffusers write it; empty when it is another one. */
    static Optional<Boolean> prediction(@Nullable String name) {
        if (name == null) {
            return Optional.empty();
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "v", "v_prediction" -> Optional.of(true);
            case "epsilon" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
