package io.github.txt2lora.samples.spring;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;

/**
 * What a file in the folder of LoRAs contains.
 *
 * @param id null until the database has given one
 * @param name name of the file without its ending
 * @param version another one for each content of the file
 * @param bytes size of the file
 * @param changedAt time of the last change
 * @param words that call it, from its metadata; empty if it names none
 * @param look the tags that the name shall mean; null if it was not trained here
 * @param model the base model's name, from its metadata; empty if it names none
 */
record LoraRow(
        @Id @Nullable Long id,
        String name,
        String version,
        long bytes,
        Instant changedAt,
        String words,
        @Nullable String look,
        String model) {}
