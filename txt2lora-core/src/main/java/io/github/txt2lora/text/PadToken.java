package io.github.txt2lora.text;

/** The token with which a model's tokenizer fills the unused places of a prompt. */
enum PadToken {

    /** {@code <|endoftext|>}, 49407: SD 1.x and the first tokenizer of SDXL. */
    END_OF_TEXT(ClipTokenizer.END_OF_TEXT),

    /** Id 0, with no other effect: SD 2.x and the second tokenizer of SDXL in programs that only set the id. */
    ZERO(0),

    /**
     * The token {@code !}, 0: SD 2.x and the second tokenizer of SDXL as diffusers and LECO load them. Declared as a
     * token of its own, it also splits every {@code !} off the prompt's text as id 0.
     */
    EXCLAMATION_MARK(0);

    private final int id;

    PadToken(int id) {
        this.id = id;
    }

    /** The id that fills unused places. */
    public int id() {
        return id;
    }
}
