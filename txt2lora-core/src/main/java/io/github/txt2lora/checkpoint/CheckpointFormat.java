package io.github.txt2lora.checkpoint;

import java.nio.file.Path;
import java.util.Optional;

/** A way in which the models of a family, or of several, are stored. */
public interface CheckpointFormat {

    /**
     * Reads the header of a model in one file.
     *
     * @return empty if the file is of another format
     * @throws io.github.txt2lora.CheckpointException if it is of this format, but no complete model
     */
    Optional<CheckpointContents> read(SafetensorsFile file);

    /**
     * Reads the headers of a model in a folder.
     *
     * @param opener opens the files that belong to the model; they stay open as long as the model
     * @return empty if the folder is of another format
     * @throws io.github.txt2lora.CheckpointException if it is of this format, but no complete model
     */
    Optional<CheckpointContents> read(Path folder, FileOpener opener);

    /** Opens files of a model. */
    @FunctionalInterface
    interface FileOpener {

        /**
         * Opens a file.
         *
         * @throws io.github.txt2lora.CheckpointException if it is no safetensors file
         * @throws io.github.txt2lora.StorageException if it cannot be read
         */
        SafetensorsFile open(Path file);
    }
}
