package io.github.txt2lora.spi;

import io.github.txt2lora.ModelSource;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Downloads models given by an address; found by {@link java.util.ServiceLoader}. */
public interface ModelDownloader {

    /**
     * Downloads a model unless its file exists.
     *
     * @param progress receives the progress several times a second, on the calling thread, even while the download
     *     stalls; an exception from it ends the download and is thrown, and the downloaded part is kept
     * @return the complete file
     * @throws io.github.txt2lora.InvalidSettingException if the environment variable of the token is not set
     * @throws io.github.txt2lora.CheckpointException if the download is not the model
     * @throws io.github.txt2lora.StorageException if the file cannot be downloaded or written
     */
    Path download(ModelSource.Download source, Consumer<DownloadProgress> progress);
}
