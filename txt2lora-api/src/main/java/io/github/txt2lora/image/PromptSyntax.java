package io.github.txt2lora.image;

/** The syntax of a prompt. */
public enum PromptSyntax {
    /** Every character is text, as in a training. Tokens beyond the first 75 are dropped. */
    PLAIN,
    /**
     * The syntax of AUTOMATIC1111's web UI:
     *
     * <ul>
     *   <li>{@code (word)} multiplies the weight by 1.1, {@code [word]} divides it by 1.1, {@code (word:1.4)} sets it;
     *       brackets nest, and a backslash escapes a bracket;
     *   <li>an unclosed opening bracket extends to the end of the prompt; an unmatched closing bracket is text;
     *   <li>{@code BREAK} starts a new chunk of 75 tokens; longer prompts get as many chunks as they need, up to 40;
     *   <li>{@code <lora:name:weight>} applies a LoRA of {@link ImageRequest#loraFolder()};
     *   <li>{@code AND} separates prompts that are combined, up to 100, each with an optional weight at its end
     *       ({@code a cat :1.2}); {@link ImageRequest#composition()} may assign a region to each.
     * </ul>
     *
     * Prompt editing ({@code [before:after:0.5]}, {@code [one|other]}) is not supported: it is read as text, with a
     * warning. {@link PlainWords} escapes text.
     */
    WEB_UI
}
