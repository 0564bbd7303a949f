package io.github.txt2lora.spi;

import io.github.txt2lora.ModelSource;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Gets models that are given by an address; found by {@link java.util.ServiceLoader}. */
public interface ModelDownloader {

    /**
     * Downloads a model unless it is there already.
     *
     * @param progress is told several times a second, on the calling thread, also while the download stands still; an
     *     exception from it ends the download and is passed on, and what has come so far is kept
     * @return the whole file
     * @throws io.github.txt2lora.InvalidSettingException if the environment variable of the token is not set
     * @throws io.github.txt2lora.CheckpointException if something else than the model came
     * @throws io.github.txt2lora.StorageException if the file cannot be had or written
     */
    Path download(ModelSource.Download source, Consumer<DownloadProgress> progress);
}
