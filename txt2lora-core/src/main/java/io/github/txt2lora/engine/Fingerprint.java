package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the weights of a trained LoRA depend on, as names and values that can be compared and shown. */
final class Fingerprint {

    /** Settings that do not change what is learned. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("savePrecision", "saveEvery", "measureQuality", "states", "nonFinite", "timestamp");

    private Fingerprint() {}

    /**
     * The fingerprint of a training.
     *
     * @param modelSha256 of the base model's content
     */
    static SortedMap<String, String> of(LoraTraining training, String modelSha256) {
        SortedMap<String, String> values = new TreeMap<>();
        values.put("model", modelSha256);
        addComponents("", training.training(), TrainingSpec.class, values);
        List<PromptPair> prompts = training.prompts();
        for (int i = 0; i < prompts.size(); i++) {
            addComponents("prompt " + (i + 1) + " ", prompts.get(i), PromptPair.class, values);
        }
        return values;
    }

    private static <T extends Record> void addComponents(
            String prefix, T value, Class<T> type, SortedMap<String, String> values) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (!WITHOUT_EFFECT.contains(component.getName())) {
                values.put(prefix + component.getName(), String.valueOf(read(component, value)));
            }
        }
    }

    private static Object read(RecordComponent component, Object value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record lets its components be read", e);
        }
    }
}
