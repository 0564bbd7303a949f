package io.github.txt2lora.image;

import io.github.txt2lora.internal.Check;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Text without syntax, as in a training, for a prompt in {@link PromptSyntax#WEB_UI}. A target such as
 * {@code name (series)} must be written this way: otherwise its brackets are weights.
 *
 * @param text the text, for example the target of a {@link io.github.txt2lora.PromptPair}; may be empty
 */
public record PlainWords(String text) {

    /** The web UI's keywords, in capitals. The tokenizer ignores case. */
    private static final Pattern KEYWORD =
            Pattern.compile("(?<![\\p{L}\\p{N}_])(?:AND|BREAK|ADDBASE|ADDCOMM|ADDROW|ADDCOL)(?![\\p{L}\\p{N}_])");

    private static final Pattern SYNTAX = Pattern.compile("[\\\\()\\[\\]]");

    /** A colon before a number, which would be a weight, and a tag such as {@code <lora:name:1>}. */
    private static final Pattern BEFORE_SYNTAX =
            Pattern.compile(":(?=[\\s\\p{Z}\\x1c-\\x1f]*+[-+.\\p{Nd}])|<(?=[\\p{L}\\p{N}_]++:)");

    /** Rejects null. */
    public PlainWords {
        Check.given("text", text);
    }

    /**
     * The text for a prompt, alone or among other text. Its first 75 tokens are those of a training: brackets and
     * backslashes are escaped by a backslash, a backslash that the web UI drops breaks up weights and tags, and
     * keywords such as {@code AND} are in lower case. Only the exclamation mark may differ, since OpenCLIP's text
     * encoders, of SD 2.x and SDXL, use it as padding.
     */
    public String asPrompt() {
        String escaped = SYNTAX.matcher(text).replaceAll("\\\\$0");
        String broken = BEFORE_SYNTAX.matcher(escaped).replaceAll("$0\\\\");
        return KEYWORD.matcher(broken).replaceAll(word -> word.group().toLowerCase(Locale.ROOT));
    }
}
