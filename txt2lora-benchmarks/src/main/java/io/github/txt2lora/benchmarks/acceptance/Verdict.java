package io.github.txt2lora.benchmarks.acceptance;

import java.util.Locale;

/**
 * What a stage came to.
 *
 * @param passed whether it is as it should be
 * @param measured what was measured, in words
 */
record Verdict(boolean passed, String measured) {

    static Verdict of(boolean passed, String format, Object... values) {
        return new Verdict(passed, String.format(Locale.ROOT, format, values));
    }
}
