package io.github.txt2lora.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Web addresses as they may stand in messages, logs and files: names, passwords and tokens of those who download are
 * replaced by {@code ***}.
 */
public final class PublicAddress {

    private static final String SECRET = "***";

    /** All before the last {@code @}: in a malformed address a password may hold any character. */
    private static final Pattern USER = Pattern.compile("^((?:[^/?#]*//)?).*@", Pattern.DOTALL);

    /** Signed addresses have their keys in the query. */
    private static final Pattern QUERY = Pattern.compile("[?#].*", Pattern.DOTALL);

    /** Addresses of the web within a text, up to what may be the sentence's own. One slash is left of two in a path. */
    private static final Pattern ADDRESS = Pattern.compile(
            "\\b(?:https?|hf|s3|gs|ftps?|wss?):/[^\\s\"'<>]*?(?=[;:,.)\\]\u2026]*(?:[\\s\"'<>]|$))",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern START =
            Pattern.compile("\\s*(?:https?|hf|s3|gs|ftps?|wss?):/", Pattern.CASE_INSENSITIVE);

    private PublicAddress() {}

    /** A text without the secrets of an address if it begins as one, whatever comes then; else as it is. */
    static CharSequence ofValue(CharSequence text) {
        return START.matcher(text).lookingAt() ? of(text) : text;
    }

    /** A text in which all addresses of the web are without user, query and fragment. */
    public static String in(String text) {
        return text.contains(":/")
                ? ADDRESS.matcher(text).replaceAll(address -> Matcher.quoteReplacement(of(address.group())))
                : text;
    }

    /** The address without its user, query and fragment, also if it is none. */
    public static String of(Object address) {
        String withoutUser = USER.matcher(String.valueOf(address)).replaceFirst("$1" + SECRET + "@");
        return QUERY.matcher(withoutUser).replaceFirst("?" + SECRET);
    }
}
