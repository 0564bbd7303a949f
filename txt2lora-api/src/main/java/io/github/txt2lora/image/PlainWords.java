package io.github.txt2lora.image;

import io.github.txt2lora.internal.Check;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Words of which every character is text, as in a training, for a prompt that is read as {@link PromptSyntax#WEB_UI}.
 * A target such as {@code name (series)} is drawn as it was trained only in this way: otherwise its brackets are
 * weights.
 *
 * @param text the words, for example the target of a {@link io.github.txt2lora.PromptPair}; may be empty
 */
public record PlainWords(String text) {

    /** The web UI's own words in capitals. The tokenizer reads small letters alike. */
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
     * The words as they are written into a prompt, alone or with more before or after. As far as they fit into 75
     * tokens, they become the tokens of a training: brackets and backslashes have a backslash before them, a backslash
     * that the web UI drops breaks up weights and tags, and {@code AND} and the like are in small letters. Only the
     * exclamation mark may differ: OpenCLIP's text encoders, of SD 2.x and SDXL, are trained with its padding.
     */
    public String asPrompt() {
        String escaped = SYNTAX.matcher(text).replaceAll("\\\\$0");
        String broken = BEFORE_SYNTAX.matcher(escaped).replaceAll("$0\\\\");
        return KEYWORD.matcher(broken).replaceAll(word -> word.group().toLowerCase(Locale.ROOT));
    }
}
