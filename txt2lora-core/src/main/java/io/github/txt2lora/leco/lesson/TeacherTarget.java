package io.github.txt2lora.leco.lesson;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.PromptPair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The goal for the target prompt's prediction, as a sum of the base model's predictions:
 *
 * <pre>
 * enhance: neutral + guidance (positive - unconditional)
 * erase:   neutral - guidance (positive - unconditional)
 * </pre>
 *
 * (Gandikota et al., "Erasing Concepts from Diffusion Models", arXiv 2303.07345, in LECO's form.) Prompts that are the
 * same text are predicted once, and those that cancel out, for example {@code neutral} against an equal
 * {@code unconditional} at guidance 1, not at all.
 */
public final class TeacherTarget {

    private final Map<String, Double> weights;

    private TeacherTarget(Map<String, Double> weights) {
        this.weights = weights;
    }

    public static TeacherTarget of(PromptPair pair) {
        double guidance = pair.signedGuidance();
        Map<String, Double> weights = new LinkedHashMap<>();
        weights.merge(pair.neutral(), 1.0, Double::sum);
        weights.merge(pair.positive(), guidance, Double::sum);
        weights.merge(pair.unconditional(), -guidance, Double::sum);
        weights.values().removeIf(weight -> weight == 0);
        return new TeacherTarget(weights);
    }

    /** The goal of a prompt that keeps its meaning: its own prediction. */
    public static TeacherTarget keeping(String prompt) {
        return new TeacherTarget(Map.of(prompt, 1.0));
    }

    /** The prompts that have to be predicted, with their factors. */
    public Map<String, Double> weights() {
        return weights;
    }

    /**
     * The sum.
     *
     * @param predictions of all prompts of {@link #weights}
     * @param latents of the predictions' shape
     */
    public NDArray goal(Map<String, NDArray> predictions, NDArray latents) {
        NDArray sum = null;
        for (Map.Entry<String, Double> term : weights.entrySet()) {
            sum = plus(sum, Objects.requireNonNull(predictions.get(term.getKey())), term.getValue());
        }
        return sum == null ? latents.zerosLike() : sum;
    }

    private static NDArray plus(@Nullable NDArray sum, NDArray prediction, double weight) {
        NDArray term = weight == 1 ? prediction : prediction.mul((float) weight);
        return sum == null ? term : sum.add(term);
    }
}
