package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.NoisyBatch;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.HostNumbers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The base model's predictions. For latents that may come again they are kept: a batch's prediction for a prompt is
 * always computed in a call of its own, so that its bits do not depend on the cache's content.
 */
public final class Teacher {

    private static final double LORA_OFF = 0;

    private final DenoisingModel model;

    public Teacher(DenoisingModel model) {
        this.model = model;
    }

    /**
     * Predicts with the LoRA off.
     *
     * @param prompts each different one is predicted once
     * @return of latents' shape by prompt, owned by the context's scope
     */
    public Map<String, NDArray> predict(StepContext context, NoisyBatch batch, Collection<String> prompts) {
        List<String> different = new ArrayList<>(new LinkedHashSet<>(prompts));
        if (different.isEmpty()) {
            return Map.of();
        }
        NoisyBatch.Origin origin = batch.origin();
        Map<String, NDArray> predictions =
                origin == null ? together(context, batch, different) : kept(context, batch, origin, different);
        predictions.forEach(context.observer()::onTeacherPrediction);
        return predictions;
    }

    private Map<String, NDArray> together(StepContext context, NoisyBatch batch, List<String> prompts) {
        NDManager scope = context.scope();
        int samples = batch.samples();
        double[] timesteps = new double[samples * prompts.size()];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = batch.timesteps()[i % samples];
        }
        NDArray latents = prompts.size() == 1
                ? batch.latents()
                : NDArrays.concat(new NDList(Collections.nCopies(prompts.size(), batch.latents())), 0);
        Conditioning conditioning = model.embeddings().batch(scope, prompts, samples, batch.size());
        NDArray all = model.denoiser().predict(scope, latents, timesteps, conditioning, LORA_OFF);
        Map<String, NDArray> predictions = new LinkedHashMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            predictions.put(prompts.get(i), all.get((i * samples) + ":" + (i + 1) * samples));
        }
        return predictions;
    }

    private Map<String, NDArray> kept(
            StepContext context, NoisyBatch batch, NoisyBatch.Origin origin, List<String> prompts) {
        NDManager scope = context.scope();
        int length = Math.toIntExact(batch.latents().size());
        Map<String, NDArray> predictions = new LinkedHashMap<>();
        for (String prompt : prompts) {
            float[] values = model.cache()
                    .get(
                            "predictions for " + LatentCache.quoted(prompt) + " at " + origin.set(),
                            origin.number(),
                            length,
                            () -> {
                                Conditioning conditioning =
                                        model.embeddings().batch(scope, List.of(prompt), batch.samples(), batch.size());
                                return HostNumbers.floats(model.denoiser()
                                        .predict(scope, batch.latents(), batch.timesteps(), conditioning, LORA_OFF));
                            });
            predictions.put(
                    prompt, HostNumbers.array(scope, values, batch.latents().getShape()));
        }
        return predictions;
    }
}
