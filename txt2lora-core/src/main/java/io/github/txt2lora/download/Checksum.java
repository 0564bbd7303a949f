package io.github.txt2lora.download;

import java.net.http.HttpHeaders;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The SHA-256 that servers announce of files, in 64 hexadecimal digits. */
final class Checksum {

    private static final int SHA_256_BYTES = 32;
    private static final Pattern HEXADECIMAL = Pattern.compile("^\"?([0-9a-f]{64})\"?$");
    /** RFC 3230: {@code sha-256=BASE64}; RFC 9530: {@code sha-256=:BASE64:}. */
    private static final Pattern DIGEST = Pattern.compile("(?i)(?:^|,)\\s*sha-256=:?([A-Za-z0-9+/=]{44}):?");

    private static final Pattern BASE64 = Pattern.compile("^([A-Za-z0-9+/=]{44})$");

    private Checksum() {}

    /**
     * The checksum of the whole file that the servers on the way announce; empty if they announce none. Amazon's own
     * header covers the bytes sent, which need not be the whole file, and is read where it occurs.
     */
    static Optional<String> announced(Answer answer) {
        return answer.headers().stream()
                .flatMap(headers -> Stream.of(
                        // of files in Git LFS, which models are; that of others is shorter
                        find(headers, "X-Linked-ETag", HEXADECIMAL),
                        decoded(headers, "Repr-Digest", DIGEST),
                        decoded(headers, "Digest", DIGEST),
                        answer.status() == Answer.OK
                                ? decoded(headers, "x-amz-checksum-sha256", BASE64)
                                : Optional.<String>empty()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> find(HttpHeaders headers, String name, Pattern pattern) {
        Matcher matcher = pattern.matcher(headers.firstValue(name).orElse("").strip());
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static Optional<String> decoded(HttpHeaders headers, String name, Pattern pattern) {
        return find(headers, name, pattern).flatMap(Checksum::fromBase64);
    }

    private static Optional<String> fromBase64(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return bytes.length == SHA_256_BYTES ? Optional.of(HexFormat.of().formatHex(bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
