package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.diffusion.PlacedEmbedding;
import io.github.txt2lora.diffusion.PlacedPrompt;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.image.PromptSyntax;
import io.github.txt2lora.image.Region;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.LoraTags;
import io.github.txt2lora.text.PromptChunk;
import io.github.txt2lora.text.PromptChunker;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The prompts of a request, read in its syntax.
 *
 * @param syntax how the texts are tokenized
 * @param positive the parts of the prompt, one or more
 * @param negative the negative prompt
 * @param loras those of the request, then those that the prompts name
 */
record PicturePrompts(PromptSyntax syntax, List<PlacedPrompt> positive, String negative, List<LoraWeight> loras) {

    /** The prompts, encoded. */
    record Encoded(List<PlacedEmbedding> positive, PromptEmbedding negative) {

        Encoded withZeroNegative() {
            return new Encoded(positive, negative.zeros());
        }
    }

    /**
     * Reads prompts and looks their LoRAs up.
     *
     * @throws io.github.txt2lora.InvalidSettingException if a LoRA is unknown or the parts do not fit the regions
     */
    static PicturePrompts of(ImageRequest request) {
        if (request.promptSyntax() == PromptSyntax.PLAIN) {
            return new PicturePrompts(
                    PromptSyntax.PLAIN,
                    List.of(new PlacedPrompt(request.prompt(), 1, Region.WHOLE)),
                    request.negativePrompt(),
                    request.loras());
        }
        LoraTags positive = LoraTags.extract(request.prompt());
        LoraTags negative = LoraTags.extract(request.negativePrompt());
        List<LoraWeight> loras = new ArrayList<>(request.loras());
        Stream.of(positive, negative)
                .flatMap(tags -> tags.loras().stream())
                .forEach(tag -> loras.add(LoraFolder.find(tag, request.loraFolder())));
        return new PicturePrompts(
                PromptSyntax.WEB_UI,
                PlacedPrompt.of(positive.prompt(), request.composition()),
                negative.prompt(),
                loras);
    }

    /**
     * Encodes them, all with the same number of tokens.
     *
     * @param warnings is told which words of plain prompts are dropped
     */
    Encoded encode(PromptEncoder encoder, ClipTokenizer tokenizer, NDManager owner, Consumer<String> warnings) {
        List<String> texts = Stream.concat(positive.stream().map(PlacedPrompt::text), Stream.of(negative))
                .toList();
        Map<String, PromptEmbedding> embeddings = syntax == PromptSyntax.PLAIN
                ? encoder.encode(texts, owner, warnings)
                : encoder.encode(chunks(texts, new PromptChunker(tokenizer)), owner);
        List<PlacedEmbedding> parts = new ArrayList<>();
        for (PlacedPrompt part : positive) {
            PromptEmbedding embedding = Objects.requireNonNull(embeddings.get(part.text()));
            parts.add(new PlacedEmbedding(embedding, part.weight(), part.region()));
        }
        return new Encoded(parts, Objects.requireNonNull(embeddings.get(negative)));
    }

    /** Shorter prompts are filled up with empty chunks, so that their rows make one batch. */
    private static Map<String, List<PromptChunk>> chunks(List<String> texts, PromptChunker chunker) {
        Map<String, List<PromptChunk>> chunks = new LinkedHashMap<>();
        texts.forEach(text -> chunks.computeIfAbsent(text, chunker::chunks));
        int most = chunks.values().stream().mapToInt(List::size).max().orElseThrow();
        chunks.replaceAll((text, own) -> Stream.concat(
                        own.stream(), Collections.nCopies(most - own.size(), PromptChunk.empty()).stream())
                .toList());
        return chunks;
    }
}
