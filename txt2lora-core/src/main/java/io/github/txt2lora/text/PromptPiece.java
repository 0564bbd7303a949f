package io.github.txt2lora.text;

/** A stretch of a prompt in the web UI's syntax, after its brackets are resolved. */
sealed interface PromptPiece {

    /**
     * Text of one weight.
     *
     * @param text as it is to be tokenized, without the brackets that were syntax
     * @param weight 1 for as it is; from -1000 to 1000
     */
    record Words(String text, double weight) implements PromptPiece {}

    /** {@code BREAK}: what follows begins a new chunk. */
    record ChunkBreak() implements PromptPiece {}
}
