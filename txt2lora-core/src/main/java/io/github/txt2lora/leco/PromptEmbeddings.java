package io.github.txt2lora.leco;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The embeddings of all prompts of a training, each text encoded once. */
public final class PromptEmbeddings {

    private final Map<String, PromptEmbedding> byPrompt;

    private PromptEmbeddings(Map<String, PromptEmbedding> byPrompt) {
        this.byPrompt = byPrompt;
    }

    /**
     * Encodes the prompts of all pairs.
     *
     * @param owner the scope that will own the embeddings
     * @param warnings is told of prompts that are too long
     */
    public static PromptEmbeddings encode(
            PromptEncoder encoder, List<PromptPair> pairs, NDManager owner, Consumer<String> warnings) {
        List<String> prompts = pairs.stream()
                .flatMap(pair -> Stream.of(pair.target(), pair.positive(), pair.neutral(), pair.unconditional()))
                .toList();
        return new PromptEmbeddings(encoder.encode(prompts, owner, warnings));
    }

    /** Whether the model is told the size of pictures and where they were cropped, as SDXL is. */
    boolean takePictureSize() {
        return byPrompt.values().stream().anyMatch(embedding -> embedding.pooled() != null);
    }

    /** The prompts, each repeated for a batch, one after the other; the scope owns the result. */
    Conditioning batch(NDManager scope, List<String> prompts, int batchSize, PictureSize size) {
        List<PromptEmbedding> embeddings = new ArrayList<>();
        for (String prompt : prompts) {
            PromptEmbedding embedding = byPrompt.get(prompt);
            if (embedding == null) {
                throw new IllegalArgumentException("prompt \"" + prompt + "\" was not encoded");
            }
            embeddings.add(embedding);
        }
        return Conditioning.batch(scope, embeddings, batchSize, size);
    }
}
