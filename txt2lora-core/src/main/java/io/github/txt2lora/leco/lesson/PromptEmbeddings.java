package io.github.txt2lora.leco.lesson;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The embeddings of all prompts of a training, each text encoded once. */
public final class PromptEmbeddings {

    private final PromptEncoder encoder;
    private final Map<String, PromptEmbedding> byPrompt;

    private PromptEmbeddings(PromptEncoder encoder, Map<String, PromptEmbedding> byPrompt) {
        this.encoder = encoder;
        this.byPrompt = byPrompt;
    }

    /**
     * Encodes all prompts of a training.
     *
     * @param owner the scope that will own the embeddings
     * @param warnings receives warnings about prompts that are too long
     */
    public static PromptEmbeddings encode(
            PromptEncoder encoder, Lessons lessons, NDManager owner, Consumer<String> warnings) {
        return new PromptEmbeddings(encoder, encoder.encode(lessons.prompts(), owner, warnings));
    }

    /** Whether the model is told the size of images and where they were cropped, as SDXL is. */
    public boolean takePictureSize() {
        return byPrompt.values().stream().anyMatch(embedding -> embedding.pooled() != null);
    }

    /** The prompts, each repeated for a batch, one after the other; the scope owns the result. */
    public Conditioning batch(NDManager scope, List<String> prompts, int batchSize, PictureSize size) {
        List<PromptEmbedding> embeddings = prompts.stream().map(this::embedding).toList();
        return Conditioning.batch(scope, embeddings, batchSize, size);
    }

    /** The hidden states of prompts, at least two, [prompts, tokens, width]; the scope owns the result. */
    public NDArray contexts(NDManager scope, List<String> prompts) {
        NDList contexts = new NDList();
        prompts.forEach(prompt -> contexts.add(embedding(prompt).context()));
        NDArray all = NDArrays.concat(contexts, 0);
        // a concatenation belongs to the owner of its first part
        all.attach(scope);
        return all;
    }

    /** The token ids of a prompt, with start, end and padding, as the first text encoder reads them. */
    public int[] tokens(String prompt) {
        embedding(prompt);
        return encoder.tokens(prompt);
    }

    /** The same embeddings and one more, of a text that the encoder does not know. */
    public PromptEmbeddings with(String prompt, PromptEmbedding embedding) {
        Map<String, PromptEmbedding> more = new HashMap<>(byPrompt);
        more.put(prompt, embedding);
        return new PromptEmbeddings(encoder, more);
    }

    /** The embedding of a prompt. */
    public PromptEmbedding of(String prompt) {
        return embedding(prompt);
    }

    private PromptEmbedding embedding(String prompt) {
        PromptEmbedding embedding = byPrompt.get(prompt);
        if (embedding == null) {
            throw new IllegalArgumentException("prompt \"" + prompt + "\" was not encoded");
        }
        return embedding;
    }
}
