package io.github.txt2lora.image;

/** How the text of a prompt is read. */
public enum PromptSyntax {
    /** Every character is text, as in a training. What exceeds the 75 tokens of the text encoder is dropped. */
    PLAIN,
    /**
     * The syntax of AUTOMATIC1111's web UI:
     *
     * <ul>
     *   <li>{@code (word)} strengthens by 1.1, {@code [word]} weakens by 1.1, {@code (word:1.4)} sets a weight;
     *       brackets nest, and a backslash before a bracket makes it text;
     *   <li>an opening bracket that is never closed counts until the prompt's end, a closing one that was never opened
     *       is text;
     *   <li>{@code BREAK} begins a new chunk of 75 tokens, and longer prompts get as many chunks as they need, up to 40;
     *   <li>{@code <lora:name:weight>} applies a LoRA of {@link ImageRequest#loraFolder()};
     *   <li>{@code AND} separates prompts that are drawn together, up to 100, each with a weight at its end ({@code a cat :1.2});
     *       {@link ImageRequest#composition()} may give each one a region.
     * </ul>
     *
     * Prompt editing ({@code [before:after:0.5]}, {@code [one|other]}) is text, which a warning says. {@link PlainWords}
     * writes words of which nothing is syntax.
     */
    WEB_UI
}
