package io.github.txt2lora.download;

import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Timeouts of a download, and its view of the environment.
 *
 * @param connectTimeout for a connection to be made
 * @param stallTimeout without an answer or any further byte until the connection is given up
 * @param poll interval at which progress is told, and a cancelled download noticed, while nothing comes
 * @param attempts connections in a row that bring nothing new until the download is given up
 * @param firstPause before the second attempt; doubled for each further one
 * @param longestPause between two attempts, also when the server asks for more
 * @param sleeper waits
 * @param environment gives the environment's variables by their names, or null
 * @param huggingFace the site that {@code hf:} addresses mean
 */
record DownloadSettings(
        Duration connectTimeout,
        Duration stallTimeout,
        Duration poll,
        int attempts,
        Duration firstPause,
        Duration longestPause,
        Sleeper sleeper,
        Function<String, @Nullable String> environment,
        URI huggingFace) {

    /** The way to wait. */
    @FunctionalInterface
    interface Sleeper {
        void sleep(long millis) throws InterruptedException;
    }

    /** Gives up after about four minutes without anything new. */
    static DownloadSettings standard() {
        return new DownloadSettings(
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofMillis(200),
                8,
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                Thread::sleep,
                System::getenv,
                URI.create("https://huggingface.co"));
    }
}
