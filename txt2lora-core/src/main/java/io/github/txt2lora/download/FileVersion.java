package io.github.txt2lora.download;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * By what a server tells one version of a file from another, as far as it does.
 *
 * @param tag its ETag
 * @param modified its Last-Modified
 * @param total the size of the whole file
 * @param isDated whether the time is so long ago that no other version can have the same
 */
record FileVersion(Optional<String> tag, Optional<String> modified, OptionalLong total, boolean isDated) {

    private static final String WEAK = "W/";
    private static final int LONGEST = 1000;
    private static final int LINES = 4;

    /** Times have whole seconds. */
    private static final Duration LEAST_AGE = Duration.ofSeconds(2);

    /** The version that an answer describes, without headers that contain a secret that was sent. */
    static FileVersion of(Answer answer, SentSecrets secrets) {
        Optional<String> modified = usable(answer, "Last-Modified", secrets);
        return new FileVersion(
                usable(answer, "ETag", secrets),
                modified,
                answer.total(),
                modified.isPresent() && isDated(modified.get(), answer.header("Date")));
    }

    private static Optional<String> usable(Answer answer, String name, SentSecrets secrets) {
        return answer.header(name)
                .filter(value -> !value.isEmpty() && value.length() <= LONGEST)
                .filter(value -> value.chars().allMatch(c -> c >= ' ' && c < 127))
                .filter(value -> !secrets.areIn(value));
    }

    private static boolean isDated(String modified, Optional<String> now) {
        try {
            ZonedDateTime changed = ZonedDateTime.parse(modified, DateTimeFormatter.RFC_1123_DATE_TIME);
            return now.isEmpty()
                    || !changed.plus(LEAST_AGE)
                            .isAfter(ZonedDateTime.parse(now.get(), DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException e) {
            return false;
        }
    }

    /**
     * By what the rest of the same version can be asked for with {@code If-Range}: a strong tag or, where there is no
     * tag at all, the time. Empty if there is neither.
     */
    Optional<String> validator() {
        return tag.isPresent() ? tag.filter(value -> value.startsWith("\"")) : modified.filter(value -> isDated);
    }

    /** Whether something that both say is not the same. */
    boolean differsFrom(FileVersion other) {
        return differ(tag.map(FileVersion::opaque), other.tag.map(FileVersion::opaque))
                || differ(modified, other.modified)
                || (total.isPresent() && other.total.isPresent() && total.getAsLong() != other.total.getAsLong());
    }

    private static boolean differ(Optional<String> one, Optional<String> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }

    private static String opaque(String tag) {
        return tag.startsWith(WEAK) ? tag.substring(WEAK.length()) : tag;
    }

    /** This, with what only the other says. */
    FileVersion or(FileVersion other) {
        return new FileVersion(
                tag.or(other::tag),
                modified.or(other::modified),
                total.isPresent() ? total : other.total,
                modified.isPresent() ? isDated : other.isDated);
    }

    /** Lines that {@link #parse} reads. */
    List<String> lines() {
        return List.of(
                tag.orElse(""),
                modified.orElse(""),
                total.isPresent() ? Long.toString(total.getAsLong()) : "",
                Boolean.toString(isDated));
    }

    /** Reads what {@link #lines} gave; empty if it is something else. */
    static Optional<FileVersion> parse(List<String> lines) {
        if (lines.size() != LINES || !lines.get(2).matches("\\d{0,18}")) {
            return Optional.empty();
        }
        return Optional.of(new FileVersion(
                Optional.of(lines.get(0)).filter(text -> !text.isEmpty()),
                Optional.of(lines.get(1)).filter(text -> !text.isEmpty()),
                lines.get(2).isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(lines.get(2))),
                Boolean.parseBoolean(lines.get(3))));
    }
}
