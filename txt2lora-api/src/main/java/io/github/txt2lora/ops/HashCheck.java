package io.github.txt2lora.ops;

import java.util.Optional;

/**
 * A comparison of a file's content with the {@code sshs_model_hash} of its metadata, the SHA-256 of the bytes after the
 * header.
 *
 * @param result result of the comparison
 * @param computed hash of the content, in hexadecimal digits
 * @param stated hash in the metadata; empty if absent
 */
public record HashCheck(Result result, String computed, Optional<String> stated) {

    /** The result of a comparison. */
    public enum Result {
        /** The content matches the hash. */
        MATCHES,
        /** The content was changed after the hash was computed, or is damaged. */
        DIFFERS,
        /** The metadata contain no hash. */
        ABSENT
    }

    /** Compares two hashes. */
    public static HashCheck of(String computed, Optional<String> stated) {
        Result result = stated.map(hash -> hash.equalsIgnoreCase(computed) ? Result.MATCHES : Result.DIFFERS)
                .orElse(Result.ABSENT);
        return new HashCheck(result, computed, stated);
    }
}
