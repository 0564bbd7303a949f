package io.github.txt2lora.lora;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.SortedMap;

/**
 * The textual-inversion embeddings that the prompts of a training named, as JSON in the metadata:
 * {@code [{"name": "krnkmd", "sha256": "..."}]}.
 */
public final class EmbeddingList {

    /** The key in the metadata. */
    public static final String KEY = "txt2lora.embeddings";

    private static final ObjectMapper JSON = new ObjectMapper();

    private EmbeddingList() {}

    /** The list of embeddings, given as digests of their files by name. */
    public static String of(SortedMap<String, String> embeddings) {
        ArrayNode list = JSON.createArrayNode();
        embeddings.forEach((name, sha256) -> list.addObject().put("name", name).put("sha256", sha256));
        return list.toString();
    }
}
