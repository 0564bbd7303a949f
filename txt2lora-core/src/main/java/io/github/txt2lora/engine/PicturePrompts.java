package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.diffusion.PlacedEmbedding;
import io.github.txt2lora.diffusion.PlacedPrompt;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.image.PromptSyntax;
import io.github.txt2lora.text.LoraTags;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The prompts of a request, read in its syntax.
 *
 * @param syntax the syntax of the texts
 * @param positive the parts of the prompt, one or more
 * @param negative the parts of the negative prompt, one or more
 * @param loras those of the request, then those that the prompts name
 */
record PicturePrompts(
        PromptSyntax syntax, List<PlacedPrompt> positive, List<PlacedPrompt> negative, List<LoraWeight> loras) {

    /** Warnings about the tags of one image; further ones are omitted. */
    private static final int MOST_WARNINGS = 5;

    /** The prompts, encoded. */
    record Encoded(List<PlacedEmbedding> positive, List<PlacedEmbedding> negative) {

        Encoded withZeroNegative() {
            return new Encoded(
                    positive,
                    negative.stream()
                            .map(part -> new PlacedEmbedding(part.embedding().zeros(), part.weight(), part.region()))
                            .toList());
        }
    }

    /**
     * Reads prompts and looks their LoRAs up.
     *
     * @param warnings is told which parts of the LoRAs' tags have no effect
     * @throws io.github.txt2lora.InvalidSettingException if a LoRA is unknown or the parts do not fit the regions
     */
    static PicturePrompts of(ImageRequest request, Consumer<String> warnings) {
        if (request.promptSyntax() == PromptSyntax.PLAIN) {
            return new PicturePrompts(
                    PromptSyntax.PLAIN,
                    List.of(PlacedPrompt.whole(request.prompt())),
                    List.of(PlacedPrompt.whole(request.negativePrompt())),
                    request.loras());
        }
        LoraTags positive = LoraTags.extract(request.prompt());
        LoraTags negative = LoraTags.extract(request.negativePrompt());
        List<LoraWeight> loras = new ArrayList<>(request.loras());
        Stream.of(positive, negative)
                .flatMap(tags -> tags.loras().stream())
                .forEach(tag -> loras.add(LoraFolder.find(tag, request.loraFolder())));
        Stream.of(positive, negative)
                .flatMap(tags -> tags.warnings().stream())
                .distinct()
                .limit(MOST_WARNINGS)
                .forEach(warnings);
        return new PicturePrompts(
                PromptSyntax.WEB_UI,
                PlacedPrompt.of(positive.prompt(), request.composition()),
                PlacedPrompt.ofNegative(negative.prompt(), positive.prompt(), request.composition()),
                loras);
    }

    /** Whether nothing is to be moved away from. */
    boolean hasNoNegative() {
        return negative.stream().allMatch(part -> part.text().isEmpty());
    }

    /**
     * Encodes them, all with the same number of tokens.
     *
     * @param warnings is told which words of plain prompts are dropped, and which brackets are never closed
     */
    Encoded encode(PromptEncoder encoder, NDManager owner, Consumer<String> warnings) {
        List<String> texts = Stream.concat(positive.stream(), negative.stream())
                .map(PlacedPrompt::text)
                .toList();
        Map<String, PromptEmbedding> embeddings = syntax == PromptSyntax.PLAIN
                ? encoder.encode(texts, owner, warnings)
                : encoder.encodeWebUi(texts, owner, warnings);
        return new Encoded(place(positive, embeddings), place(negative, embeddings));
    }

    private static List<PlacedEmbedding> place(List<PlacedPrompt> parts, Map<String, PromptEmbedding> embeddings) {
        return parts.stream()
                .map(part -> new PlacedEmbedding(
                        Objects.requireNonNull(embeddings.get(part.text())), part.weight(), part.region()))
                .toList();
    }
}
