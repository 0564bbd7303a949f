package io.github.txt2lora.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Map;

/**
 * The files that a LoRA comes from, each of which was the start of the one before, as JSON in the metadata:
 * {@code [{"file": "parent.safetensors", "sshs_model_hash": "..."}]}.
 */
public final class LoraAncestry {

    /** The key in the metadata. */
    public static final String KEY = "txt2lora.ancestry";

    /** A LoRA that is trained further every day is not to grow with it. */
    private static final int MOST = 20;

    private static final int LONGEST = 255;

    private static final String FILE = "file";
    private static final String HASH = "sshs_model_hash";
    private static final ObjectMapper JSON = new ObjectMapper();

    private LoraAncestry() {}

    /**
     * The ancestry of a LoRA that starts from a file.
     *
     * @param file name of the file
     * @param modelHash hash of its content
     * @param metadata its metadata, which may tell its own ancestry
     */
    public static String of(String file, String modelHash, Map<String, String> metadata) {
        ArrayNode ancestry = JSON.createArrayNode();
        ancestry.addObject().put(FILE, file).put(HASH, modelHash);
        for (JsonNode earlier : read(metadata)) {
            if (ancestry.size() < MOST && isSound(earlier)) {
                ancestry.addObject()
                        .put(FILE, earlier.get(FILE).asText())
                        .put(HASH, earlier.get(HASH).asText());
            }
        }
        return ancestry.toString();
    }

    private static JsonNode read(Map<String, String> metadata) {
        try {
            return JSON.readTree(metadata.getOrDefault(KEY, "[]"));
        } catch (JsonProcessingException e) {
            return JSON.createArrayNode();
        }
    }

    private static boolean isSound(JsonNode ancestor) {
        return ancestor.path(FILE).isTextual()
                && ancestor.path(FILE).asText().length() <= LONGEST
                && ancestor.path(HASH).asText().matches("[0-9a-f]{64}");
    }
}
