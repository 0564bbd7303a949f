package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.text.Conditioning;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the target prompt's prediction should become, as a sum of the base model's predictions:
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
final class TeacherTarget {

    private static final double LORA_OFF = 0;

    private final Map<String, Double> weights;

    private TeacherTarget(Map<String, Double> weights) {
        this.weights = weights;
    }

    static TeacherTarget of(PromptPair pair) {
        double guidance = pair.action() == PromptAction.ENHANCE ? pair.guidanceScale() : -pair.guidanceScale();
        Map<String, Double> weights = new LinkedHashMap<>();
        weights.merge(pair.neutral(), 1.0, Double::sum);
        weights.merge(pair.positive(), guidance, Double::sum);
        weights.merge(pair.unconditional(), -guidance, Double::sum);
        weights.values().removeIf(weight -> weight == 0);
        return new TeacherTarget(weights);
    }

    /** The prompts that have to be predicted, with their factors. */
    Map<String, Double> weights() {
        return weights;
    }

    /**
     * Predicts with the LoRA off, all prompts in one call, and sums up.
     *
     * @param conditioning of a list of prompts, each repeated for the batch, one after the other
     * @param latents noisy latents, [batch, 4, h, w]
     * @param observer is told each prompt's prediction
     * @return of latents' shape, owned by the scope
     */
    NDArray predict(
            NDManager scope,
            UNet unet,
            Function<List<String>, Conditioning> conditioning,
            NDArray latents,
            double timestep,
            StepObserver observer) {
        List<String> prompts = new ArrayList<>(weights.keySet());
        if (prompts.isEmpty()) {
            return latents.zerosLike();
        }
        int batchSize = Math.toIntExact(latents.getShape().get(0));
        NDArray predictions = unet.predict(
                scope,
                prompts.size() == 1 ? latents : repeat(latents, prompts.size()),
                timestep,
                conditioning.apply(prompts),
                LORA_OFF);
        NDArray sum = null;
        for (int i = 0; i < prompts.size(); i++) {
            String prompt = prompts.get(i);
            NDArray prediction = predictions.get((i * batchSize) + ":" + (i + 1) * batchSize);
            observer.onTeacherPrediction(prompt, prediction);
            sum = plus(sum, prediction, weights.getOrDefault(prompt, 0.0));
        }
        return Objects.requireNonNull(sum);
    }

    private static NDArray repeat(NDArray latents, int times) {
        return NDArrays.concat(new NDList(Collections.nCopies(times, latents)), 0);
    }

    private static NDArray plus(@Nullable NDArray sum, NDArray prediction, double weight) {
        NDArray term = weight == 1 ? prediction : prediction.mul((float) weight);
        return sum == null ? term : sum.add(term);
    }
}
