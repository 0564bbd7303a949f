package io.github.txt2lora.lora;

import io.github.txt2lora.ops.OperationListener;
import io.github.txt2lora.ops.OperationProgress;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the modules of an operation and tells its listeners. After each the operation can end. */
final class Progress {

    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

    private final Path file;
    private final int total;
    private final List<OperationListener> listeners;
    private final OperationTurn turn;
    private int done;

    Progress(Path file, int total, List<OperationListener> listeners, OperationTurn turn) {
        this.file = file;
        this.total = total;
        this.listeners = listeners;
        this.turn = turn;
    }

    /** As {@link OperationTurn#checkpoint()}, in the middle of a module. */
    void checkpoint() {
        turn.checkpoint();
    }

    void finished(String module) {
        done++;
        var progress = new OperationProgress(file, done, total, module);
        turn.outside(() -> tell(progress));
    }

    private void tell(OperationProgress progress) {
        for (OperationListener listener : listeners) {
            try {
                listener.onProgress(progress);
            } catch (RuntimeException e) {
                LOG.warn("a listener failed at {}", progress, e);
            }
        }
    }
}
