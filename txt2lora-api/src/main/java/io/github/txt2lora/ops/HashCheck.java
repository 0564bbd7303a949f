package io.github.txt2lora.ops;

import java.util.Optional;

/**
 * A file's content compared with the {@code sshs_model_hash} that its metadata state: the SHA-256 of the bytes after
 * the header.
 *
 * @param result how they compare
 * @param computed the hash of the content, in hexadecimal digits
 * @param stated the hash in the metadata, if there is one
 */
public record HashCheck(Result result, String computed, Optional<String> stated) {

    /** How the two hashes compare. */
    public enum Result {
        /** The content is as it was saved. */
        MATCHES,
        /** The content was changed after the hash was taken, or is damaged. */
        DIFFERS,
        /** The file states no hash. */
        ABSENT
    }

    /** Compares. */
    public static HashCheck of(String computed, Optional<String> stated) {
        Result result = stated.map(hash -> hash.equalsIgnoreCase(computed) ? Result.MATCHES : Result.DIFFERS)
                .orElse(Result.ABSENT);
        return new HashCheck(result, computed, stated);
    }
}
