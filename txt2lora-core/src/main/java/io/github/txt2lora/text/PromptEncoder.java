package io.github.txt2lora.text;

import ai.djl.ndarray.NDManager;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;

/** Turns prompts into what the denoiser is conditioned on. Text encoders are in memory only while they encode. */
public interface PromptEncoder {

    /**
     * Encodes prompts, each different one once.
     *
     * @param prompts any number, in any order, may be empty strings
     * @param owner the scope that will own the result
     * @param warnings is told which words did not fit
     * @return the embeddings by prompt
     * @throws io.github.txt2lora.CheckpointException if a prompt names an embedding that cannot be used
     */
    Map<String, PromptEmbedding> encode(Collection<String> prompts, NDManager owner, Consumer<String> warnings);

    /**
     * Encodes prompts in the syntax of web UIs, where brackets emphasise and no prompt is too long.
     *
     * @param warnings is told which brackets are never closed
     * @return the embeddings by prompt, all with as many tokens
     */
    Map<String, PromptEmbedding> encodeWebUi(Collection<String> prompts, NDManager owner, Consumer<String> warnings);

    /**
     * The token ids of a plain prompt with start, end and padding, as the first text encoder reads them. Each vector of
     * an embedding has an id of its own, beyond those of tokens.
     */
    int[] tokens(String prompt);

    /** SHA-256 of the embeddings that the prompts so far have named, by their names. */
    SortedMap<String, String> usedEmbeddings();

    /** Encodes one prompt; see {@link #encode(Collection, NDManager, Consumer)}. */
    default PromptEmbedding encode(String prompt, NDManager owner, Consumer<String> warnings) {
        return encode(List.of(prompt), owner, warnings).values().iterator().next();
    }
}
