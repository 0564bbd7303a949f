package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.PromptSyntax;
import io.github.txt2lora.internal.Excerpt;
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

    private final ClipTokenizer tokenizer;
    private final int comma;

    /** A chunker with this tokenizer. */
    public PromptChunker(ClipTokenizer tokenizer) {
        this.tokenizer = tokenizer;
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
                int[] ids = tokenizer.encode(words.text());
                for (int i = 1; i < ids.length - 1; i++) {
                    filling.add(new WeightedToken(ids[i], (float) words.weight()));
                }
            } else if (piece instanceof ChunkBreak) {
                filling.endChunk();
            }
        }
        return requireFew(prompt, filling.finish());
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
            } else if (tokens.size() == PromptChunk.CAPACITY
                    && beforeComma != -1
                    && tokens.size() - beforeComma <= COMMA_REACH) {
                List<WeightedToken> moved = List.copyOf(tokens.subList(beforeComma + 1, tokens.size()));
                tokens.subList(beforeComma + 1, tokens.size()).clear();
                endChunk();
                tokens.addAll(moved);
            }
            if (tokens.size() == PromptChunk.CAPACITY) {
                endChunk();
            }
            tokens.add(token);
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
