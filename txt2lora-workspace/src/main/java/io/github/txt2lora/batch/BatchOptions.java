package io.github.txt2lora.batch;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.internal.NearestWord;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The LoRAs of a workspace to train, and options of their training.
 *
 * @param names those that are; empty for the only one there is
 * @param all whether all are, whatever the names
 * @param force whether to train finished and interrupted LoRAs from the start
 * @param deleteResizeSource whether a LoRA is deleted once a smaller one was made of it
 * @param together number of LoRAs on one model to train at the same time, 1 or more; see
 *     {@link io.github.txt2lora.TrainingEngine#startTogether}
 * @param metrics file for the metrics of all iterations, by the name of the LoRA; empty for none. See
 *     {@link io.github.txt2lora.event.MetricsFile}.
 */
public record BatchOptions(
        List<String> names,
        boolean all,
        boolean force,
        boolean deleteResizeSource,
        int together,
        Optional<Path> metrics) {

    /**
     * Copies the names.
     *
     * @throws InvalidSettingException if {@code together} is less than 1
     */
    public BatchOptions {
        names = List.copyOf(Check.given("names", names));
        Check.atLeast("together", together, 1);
        Check.given("metrics", metrics);
    }

    /** The only LoRA there is. */
    public static BatchOptions onlyOne() {
        return new BatchOptions(List.of(), false, false, false, 1, Optional.empty());
    }

    /** All LoRAs. */
    public static BatchOptions everything() {
        return new BatchOptions(List.of(), true, false, false, 1, Optional.empty());
    }

    /**
     * The LoRAs of a list.
     *
     * @param names separated by commas
     * @throws InvalidSettingException if there is none
     */
    public static BatchOptions named(String names) {
        List<String> list = Arrays.stream(Check.given("names", names).split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        if (list.isEmpty()) {
            throw InvalidSettingException.of("names", names, "one or more names, separated by commas");
        }
        return new BatchOptions(list, false, false, false, 1, Optional.empty());
    }

    /** The same, from the start or not. */
    public BatchOptions withForce(boolean newForce) {
        return new BatchOptions(names, all, newForce, deleteResizeSource, together, metrics);
    }

    /** The same, keeping the large LoRAs or not. */
    public BatchOptions withDeleteResizeSource(boolean delete) {
        return new BatchOptions(names, all, force, delete, together, metrics);
    }

    /** The same, with so many LoRAs at the same time. */
    public BatchOptions withTogether(int number) {
        return new BatchOptions(names, all, force, deleteResizeSource, number, metrics);
    }

    /** The same, with the metrics of all iterations in a file. */
    public BatchOptions withMetrics(Optional<Path> file) {
        return new BatchOptions(names, all, force, deleteResizeSource, together, file);
    }

    /**
     * The names that are chosen out of those there are.
     *
     * @throws InvalidSettingException if one is not there, or none is given and there is not exactly one
     */
    public List<String> choose(List<String> available) {
        if (available.isEmpty()) {
            throw new InvalidSettingException(
                    "the workspace has no settings; expected at least one file config/NAME.yaml");
        }
        if (all) {
            return available;
        }
        if (names.isEmpty()) {
            if (available.size() > 1) {
                throw new InvalidSettingException("no name is given, and there are settings of several LoRAs: "
                        + FirstFew.of(available) + "; name those that are to be trained, or choose all");
            }
            return available;
        }
        Set<String> there = new HashSet<>(available);
        for (String name : names) {
            if (!there.contains(name)) {
                throw InvalidSettingException.of(
                        "name",
                        name,
                        NearestWord.closeTo(name, available)
                                .map(near -> "the name of settings; did you mean " + near + "?")
                                .orElseGet(() -> "one of " + FirstFew.of(available)));
            }
        }
        return List.copyOf(new LinkedHashSet<>(names));
    }
}
