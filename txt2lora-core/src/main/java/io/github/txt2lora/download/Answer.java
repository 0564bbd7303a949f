package io.github.txt2lora.download;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's final answer.
 *
 * @param status its status code
 * @param address its address, after all redirects
 * @param headers the headers of all answers on the way, the last one first
 * @param body the body; to be closed
 */
record Answer(int status, URI address, List<HttpHeaders> headers, BodyQueue body) implements AutoCloseable {

    static final int OK = 200;
    static final int PARTIAL = 206;
    static final int UNSATISFIABLE = 416;

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d{1,18})-\\d{1,18}|\\*)/(\\d{1,18})");

    /** A header of the last answer. */
    Optional<String> header(String name) {
        return headers.get(0).firstValue(name);
    }

    /** The position of the bytes of a partial answer; empty if it does not say. */
    OptionalLong rangeStart() {
        return contentRange(1);
    }

    /** The size of the whole file; empty if it does not say. */
    OptionalLong total() {
        if (status == OK) {
            OptionalLong length = size(headers.get(0), "Content-Length");
            return length.isPresent() ? length : linkedSize();
        }
        return contentRange(2);
    }

    /** A size that is no number says nothing. */
    private static OptionalLong size(HttpHeaders some, String name) {
        String size = some.firstValue(name).orElse("").strip();
        return size.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(size)) : OptionalLong.empty();
    }

    /** Hugging Face tells the size already where it redirects from. */
    private OptionalLong linkedSize() {
        return headers.stream()
                .map(some -> size(some, "X-Linked-Size"))
                .flatMapToLong(OptionalLong::stream)
                .findFirst();
    }

    private OptionalLong contentRange(int group) {
        Matcher matcher =
                CONTENT_RANGE.matcher(header("Content-Range").orElse("").strip());
        return matcher.matches() && matcher.group(group) != null
                ? OptionalLong.of(Long.parseLong(matcher.group(group)))
                : OptionalLong.empty();
    }

    @Override
    public void close() {
        body.close();
    }
}
