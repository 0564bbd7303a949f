package io.github.txt2lora.samples.spring;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;

/**
 * A point of the curve that shows what a training has learned.
 *
 * @param id null until the database has given one
 * @param training its number
 * @param iteration iterations made
 * @param gap 1 without the LoRA, 0 when nothing is left to learn
 * @param loss mean of the losses since the point before; null if there were none
 */
record Measurement(
        @Id @JsonIgnore @Nullable Long id,
        @JsonIgnore long training,
        int iteration,
        double gap,
        @Nullable Double loss) {}
