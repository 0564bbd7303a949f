package io.github.txt2lora.batch;

import java.net.URI;
import java.nio.file.Path;

/** Gets the models that settings give by an address. */
@FunctionalInterface
public interface ModelDownload {

    /**
     * Downloads a model, and waits until it is whole.
     *
     * @param url where it is
     * @param target the file that it becomes, which does not exist
     * @throws io.github.txt2lora.Txt2LoraException if it cannot be had
     */
    void download(URI url, Path target);
}
