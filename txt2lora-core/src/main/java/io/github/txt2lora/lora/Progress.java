package io.github.txt2lora.lora;

import io.github.txt2lora.ops.OperationListener;
import io.github.txt2lora.ops.OperationProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
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
        turn.outside(() -> tell(listener -> listener.onProgress(progress)));
    }

    void warn(String message) {
        turn.outside(() -> tell(listener -> listener.onWarning(message)));
    }

    private void tell(Consumer<OperationListener> report) {
        for (OperationListener listener : listeners) {
            try {
                report.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn("a listener of {} failed", file, e);
            }
        }
    }
}
