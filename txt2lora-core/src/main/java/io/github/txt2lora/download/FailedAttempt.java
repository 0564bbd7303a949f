package io.github.txt2lora.download;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;

/** An attempt that another one may do better than. */
final class FailedAttempt extends IOException {

    private static final long serialVersionUID = 1L;

    private final Duration wanted;

    FailedAttempt(String message) {
        this(message, Duration.ZERO);
    }

    /**
     * With a wish of the server.
     *
     * @param wanted the least time to wait
     */
    FailedAttempt(String message, Duration wanted) {
        super(message);
        this.wanted = wanted;
    }

    /** The least time to wait before the next attempt, if the server wished for one. */
    static Duration wanted(IOException failure) {
        return failure instanceof FailedAttempt attempt ? attempt.wanted : Duration.ZERO;
    }

    /** The problem in words; the JDK's exceptions often have none. */
    static String describe(IOException failure, String host) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "there is no host " + host + ", or no connection to the internet";
            } else if (cause instanceof ConnectException) {
                return host + " cannot be reached; check the connection, and whether a proxy must be set"
                        + " (-Dhttps.proxyHost=... -Dhttps.proxyPort=...)";
            } else if (cause instanceof HttpTimeoutException) {
                return Objects.requireNonNullElse(cause.getMessage(), "no answer came in time");
            }
        }
        if (failure instanceof FailedAttempt) {
            return Objects.requireNonNullElse(failure.getMessage(), "it failed");
        }
        // not their messages, which may be what the server sent
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return "no secure connection to " + host + " can be made; check the date of this machine, and whether a"
                        + " proxy or virus scanner comes between";
            } else if (cause instanceof ProtocolException) {
                return host + " sent something else than an answer of the web; check the address in a browser";
            }
        }
        return "the connection broke off";
    }
}
