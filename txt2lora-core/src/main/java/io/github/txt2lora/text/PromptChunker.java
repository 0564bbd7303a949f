package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.PromptSyntax;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.text.PromptChunk.GivenVector;
import io.github.txt2lora.text.PromptChunk.WeightedToken;
import io.github.txt2lora.text.PromptPiece.ChunkBreak;
import io.github.txt2lora.text.PromptPiece.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts prompts in the web UI's syntax into chunks of 75 tokens, as AUTOMATIC1111's web UI does: where a chunk is full
 * and a comma stands among its last 20 tokens, the words after the comma move on to the next chunk together.
 */
public final class PromptChunker {

    /** The web UI's setting {@code comma_padding_backtrack}, at its default. */
    private static final int COMMA_REACH = 20;

    /**
     * Each chunk makes the UNet's attention longer, so that without a limit a prompt could ask for any amount of
     * memory. Prompts of people have one to four.
     */
    private static final int MOST_CHUNKS = 40;

    /** The web UI encodes text with one tokenizer for all models. */
    private static final PadToken PAD_TOKEN = PadToken.END_OF_TEXT;

    private final ClipTokenizer tokenizer;
    private final int comma;
    private final NamedEmbeddings embeddings;

    /** A chunker with this tokenizer, to which all names are plain words. */
    public PromptChunker(ClipTokenizer tokenizer) {
        this(tokenizer, NamedEmbeddings.none(tokenizer));
    }

    /** A chunker that puts the vectors of embeddings where their names stand. */
    PromptChunker(ClipTokenizer tokenizer, NamedEmbeddings embeddings) {
        this.tokenizer = tokenizer;
        this.embeddings = embeddings;
        this.comma = tokenizer.encode(",")[1];
    }

    /**
     * The chunks of a prompt, at least one. It is read as {@link PromptSyntax#WEB_UI}, but {@code AND} and
     * {@code <lora:...>} are words here: they are for {@link PromptParts} and {@link LoraTags} to take out before.
     *
     * @param warnings is told of brackets that are never closed, and of prompt editing, which is text here
     * @throws InvalidSettingException if there are more than 40
     */
    public List<PromptChunk> chunks(String prompt, Consumer<String> warnings) {
        Emphasised emphasised = EmphasisParser.parse(prompt);
        if (emphasised.unclosed() > 0) {
            warnings.accept("prompt " + Excerpt.quoted(prompt) + " has " + emphasised.unclosed()
                    + " opening brackets that are never closed, so that they weigh all that follows, as in the web UI;"
                    + " close them, or write \\( or \\[ for brackets that are text");
        }
        PromptEditing.find(prompt)
                .ifPresent(place -> warnings.accept("prompt " + Excerpt.quoted(prompt) + " has " + Excerpt.of(place)
                        + ", which changes the prompt between steps in the web UI; it is drawn as text here"));
        var filling = new Filling();
        for (PromptPiece piece : emphasised.pieces()) {
            if (piece instanceof Words words) {
                fill(filling, words);
            } else if (piece instanceof ChunkBreak) {
                filling.endChunk();
            }
        }
        return requireFew(prompt, filling.finish());
    }

    private void fill(Filling filling, Words text) {
        List<String> words = tokenizer.words(text.text(), PAD_TOKEN);
        float weight = (float) text.weight();
        for (int i = 0; i < words.size(); ) {
            NamedEmbeddings.Found found = embeddings.at(words, i, PAD_TOKEN).orElse(null);
            if (found == null) {
                for (int id : tokenizer.ids(words.get(i), PAD_TOKEN)) {
                    filling.add(new WeightedToken(id, weight));
                }
                i++;
            } else {
                filling.add(found.embedding(), weight);
                i += found.words();
            }
        }
    }

    private static List<PromptChunk> requireFew(String prompt, List<PromptChunk> chunks) {
        if (chunks.size() > MOST_CHUNKS) {
            throw new InvalidSettingException("prompt " + Excerpt.quoted(prompt) + " has " + chunks.size()
                    + " chunks of " + PromptChunk.CAPACITY + " tokens; expected at most " + MOST_CHUNKS);
        }
        return chunks;
    }

    private final class Filling {

        private final List<PromptChunk> chunks = new ArrayList<>();
        private List<WeightedToken> tokens = new ArrayList<>();
        /** The number of tokens of the chunk before the last comma; -1 without one. */
        private int beforeComma = -1;

        void add(WeightedToken token) {
            if (token.id() == comma) {
                beforeComma = tokens.size();
            } else {
                keepTogetherAfterComma();
            }
            if (tokens.size() == PromptChunk.CAPACITY) {
                endChunk();
            }
            tokens.add(token);
        }

        /** An embedding is never cut in two. */
        void add(TextualInversion embedding, float weight) {
            keepTogetherAfterComma();
            if (tokens.size() + embedding.vectors() > PromptChunk.CAPACITY) {
                endChunk();
            }
            for (int i = 0; i < embedding.vectors(); i++) {
                tokens.add(new WeightedToken(GivenVector.ID, weight, new GivenVector(embedding, i)));
            }
        }

        private void keepTogetherAfterComma() {
            if (tokens.size() == PromptChunk.CAPACITY
                    && beforeComma != -1
                    && tokens.size() - beforeComma <= COMMA_REACH) {
                List<WeightedToken> moved = List.copyOf(tokens.subList(beforeComma + 1, tokens.size()));
                tokens.subList(beforeComma + 1, tokens.size()).clear();
                endChunk();
                tokens.addAll(moved);
            }
        }

        void endChunk() {
            chunks.add(new PromptChunk(tokens));
            tokens = new ArrayList<>();
            beforeComma = -1;
        }

        List<PromptChunk> finish() {
            if (!tokens.isEmpty() || chunks.isEmpty()) {
                endChunk();
            }
            return chunks;
        }
    }
}
