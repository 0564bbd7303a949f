package io.github.txt2lora.download;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that a download sends. A server can send it back in whatever it answers, so that nothing of an answer is
 * shown or kept that holds a part of it.
 */
final class SentSecrets {

    static final String HIDDEN = "***";

    /** Shorter parts are in other words by chance. */
    private static final int PART = 6;

    private final List<String> secrets;

    /**
     * Of one download.
     *
     * @param token that is sent with it
     * @param address whose query may be a signature
     */
    SentSecrets(@Nullable String token, URI address) {
        this.secrets = Stream.of(token, address.getRawQuery(), address.getQuery())
                .filter(Objects::nonNull)
                .map(secret -> secret.toLowerCase(Locale.ROOT))
                .filter(secret -> !secret.isEmpty())
                .toList();
    }

    /** Whether a text of an answer has a part of a secret in it, in whatever case. */
    boolean areIn(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return secrets.stream().anyMatch(secret -> hasPart(lower, secret));
    }

    private static boolean hasPart(String text, String secret) {
        int length = Math.min(PART, secret.length());
        for (int i = 0; i + length <= secret.length(); i++) {
            if (text.contains(secret.substring(i, i + length))) {
                return true;
            }
        }
        return false;
    }

    /** The text, or {@code ***} in its place. */
    String orHidden(String text) {
        return areIn(text) ? HIDDEN : text;
    }
}
