package io.github.txt2lora.cli;

import java.time.Duration;
import java.util.Optional;

/** Shows how far some work is. */
interface Progress extends AutoCloseable {

    /** An unknown total. */
    long UNKNOWN = -1;

    /**
     * So much is done.
     *
     * @param total in the end, or {@link #UNKNOWN}
     * @param note a note for readers; may be empty
     * @param remaining time until the end, if whoever does the work knows better than a clock
     */
    void at(long done, long total, String note, Optional<Duration> remaining);

    /** As the other, without what it need not be told. */
    default void at(long done, long total) {
        at(done, total, "", Optional.empty());
    }

    @Override
    void close();
}
