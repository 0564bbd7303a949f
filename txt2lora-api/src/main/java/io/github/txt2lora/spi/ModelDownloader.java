package io.github.txt2lora.spi;

import io.github.txt2lora.ModelSource;
import java.nio.file.Path;

/** Gets models that are given by an address; found by {@link java.util.ServiceLoader}. */
public interface ModelDownloader {

    /**
     * Downloads a model unless it is there already.
     *
     * @return the whole file
     * @throws io.github.txt2lora.Txt2LoraException if it cannot be had
     */
    Path download(ModelSource.Download source);
}
