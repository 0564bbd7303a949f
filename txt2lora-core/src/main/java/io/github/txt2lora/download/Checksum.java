package io.github.txt2lora.download;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** SHA-256 of files, in 64 hexadecimal digits. */
final class Checksum {

    private static final int CHUNK = 1 << 20;
    private static final int SHA_256_BYTES = 32;
    private static final Pattern HEXADECIMAL = Pattern.compile("^\"?([0-9a-f]{64})\"?$");
    /** RFC 3230: {@code sha-256=BASE64}; RFC 9530: {@code sha-256=:BASE64:}. */
    private static final Pattern DIGEST = Pattern.compile("(?i)(?:^|,)\\s*sha-256=:?([A-Za-z0-9+/=]{44}):?");

    private static final Pattern BASE64 = Pattern.compile("^([A-Za-z0-9+/=]{44})$");

    private Checksum() {}

    /**
     * What the servers on the way say that the whole file has; empty if they say nothing. Amazon's own header is about
     * what was sent, which need not be the whole file, and is read where it is.
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

    /**
     * Reads a file.
     *
     * @param heartbeat called after each piece
     */
    static String of(Path file, Runnable heartbeat) {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
                heartbeat.run();
            }
        } catch (IOException e) {
            throw new StorageException(file + " cannot be read: " + e, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String of(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
