package io.github.txt2lora.cli;

import java.util.Optional;
import java.util.OptionalLong;

/** Tells how far the download of a model is. */
final class DownloadReport implements AutoCloseable {

    private final Progress progress;

    DownloadReport(Output output) {
        progress = output.progressInBytes("Downloading");
    }

    /**
     * So much is there.
     *
     * @param model its name; may be empty
     * @param total of the whole file; empty while unknown
     */
    void at(String model, long bytes, OptionalLong total) {
        progress.at(bytes, total.orElse(Progress.UNKNOWN), model, Optional.empty());
        if (total.isPresent() && bytes == total.getAsLong()) {
            close();
        }
    }

    @Override
    public void close() {
        progress.close();
    }
}
