package io.github.txt2lora.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.CheckpointException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The alphas of a LoRA in PEFT's naming, which diffusers keeps as JSON in the header's {@code lora_adapter_metadata}:
 * {@code {"unet.lora_alpha": 8, "unet.alpha_pattern": {"mid_block.attentions.0.proj_in": 4}}}.
 */
record PeftAlphas(Path file, JsonNode configuration) {

    private static final String KEY = "lora_adapter_metadata";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads them; none if the metadata do not have any. */
    static PeftAlphas of(Path file, Map<String, String> metadata) {
        try {
            return new PeftAlphas(file, JSON.readTree(metadata.getOrDefault(KEY, "{}")));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    file + ": metadata " + KEY + " is not JSON; expected an object with lora_alpha", e);
        }
    }

    /** The metadata without them, for a file whose tensors tell alpha. */
    static Map<String, String> without(Map<String, String> metadata) {
        Map<String, String> rest = new TreeMap<>(metadata);
        rest.remove(KEY);
        return rest;
    }

    /**
     * The alpha of a layer, if it is told.
     *
     * @throws CheckpointException if it is no finite number
     */
    OptionalDouble find(LayerName layer) {
        String network = layer.network().folderName();
        JsonNode own = configuration.path(network + ".alpha_pattern").path(layer.path());
        JsonNode alpha = own.isNumber() ? own : configuration.path(network + ".lora_alpha");
        if (!alpha.isNumber()) {
            return OptionalDouble.empty();
        }
        double value = alpha.asDouble();
        if (!Double.isFinite(value)) {
            throw new CheckpointException(file + ": metadata " + KEY + " has an alpha for " + network
                    + " that is no finite number; expected one such as 8");
        }
        return OptionalDouble.of(value);
    }
}
