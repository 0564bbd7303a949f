package io.github.txt2lora.lora;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.txt2lora.ModelSource;
import java.util.List;

/** The base models of a LoRA that was trained on several, as its metadata tell them: a JSON array, in their order. */
public final class TrainedModels {

    /** The key in the metadata, which a LoRA of one model lacks. */
    public static final String KEY = "txt2lora.models";

    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainedModels() {}

    /**
     * The text under the key.
     *
     * @param sha256s of the content of the models
     */
    public static String of(List<ModelSource> models, List<String> sha256s) {
        ArrayNode array = JSON.createArrayNode();
        for (int i = 0; i < models.size(); i++) {
            array.addObject().put("name", models.get(i).displayName()).put("sha256", sha256s.get(i));
        }
        return array.toString();
    }
}
