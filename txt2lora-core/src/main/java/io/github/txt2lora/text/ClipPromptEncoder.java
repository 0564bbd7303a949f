package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.text.PromptChunk.GivenVector;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Encodes prompts with one CLIP text encoder, or with several side by side. They are in memory only while
 * {@link #encode(Collection, NDManager, Consumer)} runs, one after the other.
 */
public final class ClipPromptEncoder implements PromptEncoder {

    private static final int MOST_WARNINGS = 10;

    private final Torch torch;
    private final Checkpoint checkpoint;
    private final ClipTokenizer tokenizer;
    private final Precision precision;
    private final int clipSkip;
    private final List<TextEncoderUse> uses;
    private final TextEncoderWeights weights;
    private final NamedEmbeddings embeddings;

    /**
     * An encoder of the checkpoint's prompts; loads nothing yet.
     *
     * @param precision of the text encoders' computations
     * @param clipSkip the hidden state to use, counted from the one that the family is trained on: 1 is that one
     *     (the last in SD 1.x and 2.x, the last but one in SDXL), 2 the one before
     * @param uses the text encoders, in the order in which their hidden states are put side by side
     * @param weights is asked for each text encoder when it is loaded
     * @param embeddings that prompts may name
     * @throws InvalidSettingException if a text encoder has fewer layers than clip skip needs
     */
    public ClipPromptEncoder(
            Torch torch,
            Checkpoint checkpoint,
            ClipTokenizer tokenizer,
            Precision precision,
            int clipSkip,
            List<TextEncoderUse> uses,
            TextEncoderWeights weights,
            EmbeddingFolder embeddings) {
        this.torch = torch;
        this.checkpoint = checkpoint;
        this.tokenizer = tokenizer;
        this.precision = precision;
        this.clipSkip = clipSkip;
        this.weights = weights;
        this.uses = List.copyOf(uses);
        uses.forEach(this::checkClipSkip);
        this.embeddings = new NamedEmbeddings(
                tokenizer,
                embeddings,
                uses.stream()
                        .map(use -> checkpoint.textEncoder(use.component()).width())
                        .toList());
    }

    /** The text encoders, in the order in which their hidden states are put side by side. */
    List<TextEncoderUse> uses() {
        return uses;
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

    @Override
    public Map<String, PromptEmbedding> encode(Collection<String> prompts, NDManager owner, Consumer<String> warnings) {
        Set<String> warned = new LinkedHashSet<>();
        Map<String, PromptEmbedding> embeddings =
                encode(new LinkedHashSet<>(prompts), owner, (prompt, padToken) -> plain(prompt, padToken, warned));
        warned.stream().limit(MOST_WARNINGS).forEach(warnings);
        if (warned.size() > MOST_WARNINGS) {
            warnings.accept("prompts longer than 75 tokens: " + FirstFew.more(warned.size() - MOST_WARNINGS));
        }
        return embeddings;
    }

    @Override
    public Map<String, PromptEmbedding> encodeWebUi(
            Collection<String> prompts, NDManager owner, Consumer<String> warnings) {
        return encode(chunks(prompts, warnings), owner);
    }

    /** Shorter prompts are filled up with empty chunks, so that their rows make one batch. */
    private Map<String, List<PromptChunk>> chunks(Collection<String> prompts, Consumer<String> warnings) {
        var chunker = new PromptChunker(tokenizer, embeddings);
        Map<String, List<PromptChunk>> chunks = new LinkedHashMap<>();
        prompts.forEach(text -> chunks.computeIfAbsent(text, prompt -> chunker.chunks(prompt, warnings)));
        int most = chunks.values().stream().mapToInt(List::size).max().orElse(0);
        chunks.replaceAll((text, own) -> Stream.concat(
                        own.stream(), Collections.nCopies(most - own.size(), PromptChunk.empty()).stream())
                .toList());
        return chunks;
    }

    /**
     * Encodes prompts that are cut into chunks, whose hidden states follow each other.
     *
     * @param prompts each with its chunks, one or more
     * @param owner the scope that will own the result
     * @return the embeddings by prompt, [1, 77 * chunks, width]; the pooled embedding is that of the first chunk
     */
    public Map<String, PromptEmbedding> encode(Map<String, List<PromptChunk>> prompts, NDManager owner) {
        return encode(
                prompts.keySet(),
                owner,
                (prompt, padToken) -> Objects.requireNonNull(prompts.get(prompt)).stream()
                        .map(chunk -> EncoderInput.of(chunk, padToken))
                        .toList());
    }

    @Override
    public int[] tokens(String prompt) {
        TokenizedPrompt tokens = tokenizer.tokenize(prompt, uses.get(0).padToken(), embeddings);
        int[] ids = tokens.ids();
        tokens.vectors().forEach((place, vector) -> ids[place] = embeddings.id(vector));
        return ids;
    }

    @Override
    public SortedMap<String, String> usedEmbeddings() {
        return embeddings.used();
    }

    private List<EncoderInput> plain(String prompt, PadToken padToken, Collection<String> warnings) {
        TokenizedPrompt tokens = tokenizer.tokenize(prompt, padToken, embeddings);
        if (!tokens.droppedWords().isEmpty()) {
            warnings.add("prompt " + Excerpt.quoted(prompt)
                    + " is longer than the 75 tokens that the text encoder reads; dropped: "
                    + Excerpt.of(String.join(" ", tokens.droppedWords())));
        }
        return List.of(EncoderInput.of(tokens));
    }

    private Map<String, PromptEmbedding> encode(
            Set<String> prompts, NDManager owner, BiFunction<String, PadToken, List<EncoderInput>> reader) {
        try (NDManager scope = torch.newScope()) {
            List<Map<String, PromptEmbedding>> parts = new ArrayList<>();
            for (TextEncoderUse use : uses) {
                parts.add(torch.retryingWithFreeCaches(() -> encode(use, prompts, scope, reader)));
            }
            Map<String, PromptEmbedding> embeddings = new LinkedHashMap<>();
            for (String prompt : prompts) {
                PromptEmbedding embedding = sideBySide(parts.stream()
                        .map(part -> Objects.requireNonNull(part.get(prompt)))
                        .toList());
                embedding.attachTo(owner);
                embeddings.put(prompt, embedding);
            }
            return embeddings;
        } finally {
            torch.emptyCache();
        }
    }

    private Map<String, PromptEmbedding> encode(
            TextEncoderUse use,
            Set<String> prompts,
            NDManager owner,
            BiFunction<String, PadToken, List<EncoderInput>> reader) {
        try (ClipTextEncoder encoder =
                ClipTextEncoder.load(torch, weights.of(use.component()), use.activation(), precision)) {
            Map<String, PromptEmbedding> embeddings = new LinkedHashMap<>();
            for (String prompt : prompts) {
                List<PromptEmbedding> chunks = reader.apply(prompt, use.padToken()).stream()
                        .map(input -> encode(encoder, use, input, owner))
                        .toList();
                embeddings.put(prompt, oneAfterTheOther(chunks));
            }
            return embeddings;
        }
    }

    private PromptEmbedding encode(ClipTextEncoder encoder, TextEncoderUse use, EncoderInput input, NDManager owner) {
        long[] ids = Arrays.stream(input.ids()).asLongStream().toArray();
        try (NDManager scope = torch.newScope()) {
            NDArray idTensor = HostNumbers.array(scope, ids, new Shape(1, ids.length));
            NDList states = hiddenStates(encoder, use, input, scope, idTensor);
            NDArray context = states.get(states.size() - use.layersSkipped() - clipSkip);
            if (use.finalNorm()) {
                context = encoder.finalNorm(scope, context);
            }
            context = Torch.toFloat32(context);
            if (input.weights() != null) {
                context = Emphasis.apply(scope, context, input.weights());
            }
            NDArray pooled = null;
            if (use.pooled()) {
                NDArray last = encoder.finalNorm(scope, states.get(states.size() - 1));
                pooled = Torch.toFloat32(encoder.project(scope, encoder.pooled(scope, last, idTensor)));
            }
            var embedding = new PromptEmbedding(context, pooled);
            embedding.attachTo(owner);
            return embedding;
        }
    }

    private NDList hiddenStates(
            ClipTextEncoder encoder, TextEncoderUse use, EncoderInput input, NDManager scope, NDArray ids) {
        int count = input.vectors().size();
        if (count == 0) {
            return encoder.hiddenStates(scope, ids);
        }
        int width = checkpoint.textEncoder(use.component()).width();
        long[] places = new long[count];
        float[] rows = new float[count * width];
        int i = 0;
        for (Map.Entry<Integer, GivenVector> entry : input.vectors().entrySet()) {
            GivenVector given = entry.getValue();
            places[i] = entry.getKey();
            given.embedding().copyVector(given.index(), uses.indexOf(use), rows, i * width);
            i++;
        }
        return encoder.hiddenStates(
                scope,
                ids,
                HostNumbers.array(scope, places, new Shape(count)),
                HostNumbers.array(scope, rows, new Shape(count, width)));
    }

    /** The hidden states of all chunks in a row, and the pooled embedding of the first. */
    private static PromptEmbedding oneAfterTheOther(List<PromptEmbedding> chunks) {
        PromptEmbedding first = chunks.get(0);
        if (chunks.size() == 1) {
            return first;
        }
        NDList contexts = new NDList();
        chunks.forEach(chunk -> contexts.add(chunk.context()));
        return new PromptEmbedding(NDArrays.concat(contexts, 1), first.pooled());
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
