package io.github.txt2lora.batch;

import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.ProjectTexts;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Digests of what the parts of the work depend on: as long as one is the same, that part need not be done again. */
final class Fingerprints {

    private final LoraProject project;
    private final ProjectTexts texts;

    Fingerprints(LoraProject project) {
        this.project = project;
        texts = project.texts();
    }

    /** Of what is learned, but for the number of iterations, and of the number format that it is written in. */
    String training(ModelIdentity model) {
        TrainingSpec spec = project.settings().spec();
        SortedMap<String, String> learned = TrainingFingerprint.of(spec, project.prompts(), model.sha256());
        return Sha256.of(TrainingFingerprint.digestWithoutIterations(learned) + "\n"
                + spec.saving().precision());
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

    private static boolean isOfResize(String key) {
        return key.startsWith("resize");
    }

    private static boolean isOfPreview(String key) {
        return key.startsWith("preview");
    }
}
