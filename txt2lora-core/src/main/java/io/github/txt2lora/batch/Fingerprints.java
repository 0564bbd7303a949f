package io.github.txt2lora.batch;

import io.github.txt2lora.storage.Sha256;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.ProjectTexts;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Digests of what the parts of the work depend on: as long as one is the same, that part need not be done again. */
final class Fingerprints {

    private final ProjectTexts texts;

    Fingerprints(LoraProject project) {
        texts = project.texts();
    }

    /** Of what is learned; when states are written, and how the finished LoRA is treated, does not matter for it. */
    String training(ModelIdentity model) {
        return digest(
                key -> !isOfModel(key) && !isOfResize(key) && !isOfPreview(key) && !isOfStates(key),
                texts.prompts() + "\n" + model.sha256());
    }

    /** Of a resize of a LoRA. */
    String resize(String source) {
        return digest(Fingerprints::isOfResize, source);
    }

    /** Of the pictures with a LoRA. */
    String preview(String lora) {
        return digest(Fingerprints::isOfPreview, lora);
    }

    private String digest(Predicate<String> keys, String rest) {
        Map<String, String> chosen = new TreeMap<>(texts.settings());
        chosen.keySet().removeIf(keys.negate());
        return Sha256.of(chosen + "\n" + rest);
    }

    private static boolean isOfModel(String key) {
        return key.startsWith("model_");
    }

    private static boolean isOfResize(String key) {
        return key.startsWith("resize");
    }

    private static boolean isOfPreview(String key) {
        return key.startsWith("preview");
    }

    private static boolean isOfStates(String key) {
        return key.startsWith("state_") || key.equals("resume");
    }
}
