package io.github.txt2lora.samples.spring;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA, for clients.
 *
 * @param name its name
 * @param bytes size of its file
 * @param changedAt time of its last change
 * @param words that call it in a prompt; empty if the file names none
 * @param look the tags that its name means; null if it was not trained here
 * @param model the base model's name; empty if the file names none
 */
record LoraSummary(
        String name,
        long bytes,
        Instant changedAt,
        String words,
        @Nullable String look,
        String model) {

    static LoraSummary of(LoraRow row) {
        return new LoraSummary(row.name(), row.bytes(), row.changedAt(), row.words(), row.look(), row.model());
    }

    /** Whether each word of a search occurs in name, words or look. */
    boolean matches(String search) {
        String text = String.join("\n", name, words, look == null ? "" : look).toLowerCase(Locale.ROOT);
        return Arrays.stream(search.toLowerCase(Locale.ROOT).split("[\\s,]+")).allMatch(text::contains);
    }
}
