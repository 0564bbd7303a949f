package io.github.txt2lora.internal;

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

    private PublicAddress() {}

    /** The address without its user, query and fragment, also if it is none. */
    public static String of(Object address) {
        String withoutUser = USER.matcher(String.valueOf(address)).replaceFirst("$1" + SECRET + "@");
        return QUERY.matcher(withoutUser).replaceFirst("?" + SECRET);
    }
}
