package io.github.txt2lora;

import org.jspecify.annotations.NullUnmarked;

/** A null for callers that compile without null checks. */
final class Nothing {

    private Nothing() {}

    @NullUnmarked
    static <T> T of(Class<T> type) {
        return type.cast(null);
    }
}
