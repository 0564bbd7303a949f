package io.github.txt2lora.lora;

import io.github.txt2lora.ops.OperationListener;
import io.github.txt2lora.ops.OperationProgress;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the modules of an operation and tells its listeners. */
final class Progress {

    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

    private final Path file;
    private final int total;
    private final List<OperationListener> listeners;
    private int done;

    Progress(Path file, int total, List<OperationListener> listeners) {
        this.file = file;
        this.total = total;
        this.listeners = listeners;
    }

    void finished(String module) {
        done++;
        var progress = new OperationProgress(file, done, total, module);
        for (OperationListener listener : listeners) {
            try {
                listener.onProgress(progress);
            } catch (RuntimeException e) {
                LOG.warn("a listener failed at {}", progress, e);
            }
        }
    }
}
