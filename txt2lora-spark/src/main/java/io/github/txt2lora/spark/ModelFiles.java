package io.github.txt2lora.spark;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Txt2LoraException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Models that have to be on each node, at the same path. */
final class ModelFiles {

    private ModelFiles() {}

    /** The files and folders of models that are there; those to be downloaded are none. */
    static List<Path> seen(List<ModelSource> models) {
        return models.stream()
                .flatMap(ModelFiles::path)
                .filter(Files::exists)
                .map(Path::toAbsolutePath)
                .toList();
    }

    private static Stream<Path> path(ModelSource model) {
        if (model instanceof ModelSource.SingleFile file) {
            return Stream.of(file.path());
        } else if (model instanceof ModelSource.DiffusersFolder folder) {
            return Stream.of(folder.path());
        }
        return Stream.empty();
    }

    /** What is wrong if one is missing here. */
    static Optional<Txt2LoraException> missing(List<Path> models, String host, String driver) {
        return models.stream()
                .filter(model -> !Files.exists(model))
                .findFirst()
                .map(model -> new CheckpointException("the host " + host + " has no model " + model
                        + ", which the driver on " + driver + " has; expected it at this path on every node. Copy it"
                        + " there, or put it on the storage that all nodes share, such as the folder model of the"
                        + " workspace"));
    }
}
