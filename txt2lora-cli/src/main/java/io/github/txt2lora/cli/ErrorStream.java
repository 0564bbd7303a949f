package io.github.txt2lora.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Locale;
import java.util.Map;

/** Standard error, on which progress is shown whatever becomes of standard output. */
final class ErrorStream {

    private ErrorStream() {}

    /** Whether a terminal shows it, and nothing in the environment requests plain lines. */
    static boolean isTerminal() {
        return wantsMore(System.getenv()) && goesToTerminal();
    }

    /** Whether {@code NO_COLOR} or a terminal without control sequences rules it out. */
    static boolean wantsMore(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Java only knows of input and output together; a child that inherits the stream can ask. */
    // From JDK 22 on, Windows may be taken for a terminal; JDK 17 cannot ask further.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean goesToTerminal() {
        if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
            return System.console() != null;
        }
        try {
            return new ProcessBuilder("sh", "-c", "test -t 2")
                            .redirectError(Redirect.INHERIT)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
