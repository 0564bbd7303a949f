package io.github.txt2lora.spark;

import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all tasks of a run on a workspace share.
 *
 * @param folder the workspace
 * @param settings settings that come before those of its files
 * @param force whether to train finished and interrupted LoRAs from the start
 * @param deleteResizeSource whether a LoRA is deleted once a smaller one was made of it
 * @param together LoRAs to train at the same time, 1 or more
 */
record BatchTerms(Path folder, Map<String, String> settings, boolean force, boolean deleteResizeSource, int together) {

    static BatchTerms of(Workspace workspace, BatchOptions options) {
        return new BatchTerms(
                workspace.folder(),
                workspace.settings(),
                options.force(),
                options.deleteResizeSource(),
                options.together());
    }

    Workspace open() {
        return Workspace.open(folder).withSettings(settings);
    }

    /** The driver writes the metrics. */
    BatchOptions options(List<String> names, boolean forced) {
        return new BatchOptions(names, false, forced, deleteResizeSource, together, Optional.empty());
    }
}
