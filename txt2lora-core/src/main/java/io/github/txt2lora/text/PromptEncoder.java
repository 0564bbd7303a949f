package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Turns prompts into what the UNet is conditioned on. The text encoders are in memory only while
 * {@link #encode(Collection, NDManager, Consumer)} runs, one after the other.
 */
public final class PromptEncoder {

    private final Torch torch;
    private final Checkpoint checkpoint;
    private final ClipTokenizer tokenizer;
    private final Precision precision;
    private final int clipSkip;
    private final List<TextEncoderUse> uses;

    /**
     * An encoder of the checkpoint's prompts; loads nothing yet.
     *
     * @param precision of the text encoders' computations
     * @param clipSkip which hidden state is used, counted from the one that the family is trained on: 1 is that one
     *     (the last in SD 1.x and 2.x, the last but one in SDXL), 2 the one before
     * @throws InvalidSettingException if a text encoder has fewer layers than clip skip needs
     */
    public PromptEncoder(
            Torch torch, Checkpoint checkpoint, ClipTokenizer tokenizer, Precision precision, int clipSkip) {
        this.torch = torch;
        this.checkpoint = checkpoint;
        this.tokenizer = tokenizer;
        this.precision = precision;
        this.clipSkip = clipSkip;
        this.uses = TextEncoderUse.of(checkpoint.family());
        uses.forEach(this::checkClipSkip);
    }

    private void checkClipSkip(TextEncoderUse use) {
        int most = checkpoint.textEncoder(use.component()).layers() - use.layersSkipped();
        if (clipSkip < 1 || clipSkip > most) {
            throw InvalidSettingException.of(
                    "clipSkip",
                    clipSkip,
                    "a number from 1 to " + most + ", as many layers as the "
                            + use.component().folderName() + " of " + checkpoint.path() + " can do without");
        }
    }

    /**
     * Encodes prompts, each different one once.
     *
     * @param prompts any number, in any order, may be empty strings
     * @param owner the scope that will own the result
     * @param warnings is told which words did not fit into 75 tokens
     * @return the embeddings by prompt
     */
    public Map<String, PromptEmbedding> encode(Collection<String> prompts, NDManager owner, Consumer<String> warnings) {
        Set<String> distinct = new LinkedHashSet<>(prompts);
        Set<String> warned = new LinkedHashSet<>();
        try (NDManager scope = torch.newScope()) {
            List<Map<String, PromptEmbedding>> parts = new ArrayList<>();
            for (TextEncoderUse use : uses) {
                parts.add(encode(use, distinct, scope, warned));
            }
            Map<String, PromptEmbedding> embeddings = new LinkedHashMap<>();
            for (String prompt : distinct) {
                PromptEmbedding embedding =
                        sideBySide(parts.stream().map(part -> part.get(prompt)).toList());
                embedding.attachTo(owner);
                embeddings.put(prompt, embedding);
            }
            warned.forEach(warnings);
            return embeddings;
        } finally {
            torch.emptyCache();
        }
    }

    /** Encodes one prompt; see {@link #encode(Collection, NDManager, Consumer)}. */
    public PromptEmbedding encode(String prompt, NDManager owner, Consumer<String> warnings) {
        return encode(List.of(prompt), owner, warnings).values().iterator().next();
    }

    private Map<String, PromptEmbedding> encode(
            TextEncoderUse use, Collection<String> prompts, NDManager owner, Collection<String> warnings) {
        try (ClipTextEncoder encoder =
                ClipTextEncoder.load(torch, checkpoint.tensors(use.component()), use.activation(), precision)) {
            Map<String, PromptEmbedding> embeddings = new LinkedHashMap<>();
            for (String prompt : prompts) {
                TokenizedPrompt tokens = tokenizer.tokenize(prompt, use.padToken());
                if (!tokens.droppedWords().isEmpty()) {
                    warnings.add("prompt \"" + prompt
                            + "\" is longer than the 75 tokens that the text encoder reads; dropped: "
                            + String.join(" ", tokens.droppedWords()));
                }
                embeddings.put(prompt, encode(encoder, use, tokens, owner));
            }
            return embeddings;
        }
    }

    private PromptEmbedding encode(
            ClipTextEncoder encoder, TextEncoderUse use, TokenizedPrompt tokens, NDManager owner) {
        long[] ids = Arrays.stream(tokens.ids()).asLongStream().toArray();
        try (NDManager scope = torch.newScope()) {
            NDArray idTensor = scope.create(ids, new Shape(1, ids.length));
            NDList states = encoder.hiddenStates(scope, idTensor);
            NDArray context = states.get(states.size() - use.layersSkipped() - clipSkip);
            if (use.finalNorm()) {
                context = encoder.finalNorm(scope, context);
            }
            NDArray pooled = null;
            if (use.pooled()) {
                NDArray last = encoder.finalNorm(scope, states.get(states.size() - 1));
                pooled = encoder.project(scope, encoder.pooled(scope, last, idTensor))
                        .toType(DataType.FLOAT32, false);
            }
            var embedding = new PromptEmbedding(context.toType(DataType.FLOAT32, false), pooled);
            embedding.attachTo(owner);
            return embedding;
        }
    }

    /** The hidden states of all encoders next to each other, and the pooled embedding of the one that has it. */
    private static PromptEmbedding sideBySide(List<PromptEmbedding> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        NDList contexts = new NDList();
        NDArray pooled = null;
        for (PromptEmbedding part : parts) {
            contexts.add(part.context());
            pooled = part.pooled() == null ? pooled : part.pooled();
        }
        return new PromptEmbedding(NDArrays.concat(contexts, -1), pooled);
    }
}
