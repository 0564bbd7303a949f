package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.FileClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right of a training to its file, from the time it is queued until it has ended. What else is wrong with the
 * folder is told when its turn comes, since until then it may be mended.
 */
final class OutputClaim implements AutoCloseable {

    private final LoraTraining training;
    private final List<String> warnings = new ArrayList<>();
    private @Nullable OutputFolder folder;
    private boolean closed;

    OutputClaim(LoraTraining training) {
        this.training = training;
    }

    /**
     * Takes it when the training is queued.
     *
     * @throws StorageException if another training has it that is queued or running, of whatever engine or process
     */
    synchronized void take() {
        try {
            folder = open(warnings::add);
        } catch (StorageException e) {
            if (FileClaim.isTaken(e)) {
                throw new StorageException(
                        "the training of " + training.name() + " cannot start: " + e.getMessage(), e);
            }
        }
    }

    /**
     * Makes sure of it when the training begins.
     *
     * @throws StorageException if the folder cannot be written
     */
    synchronized void require(Consumer<String> told) {
        warnings.forEach(told);
        if (folder == null && !closed) {
            folder = open(told);
        }
    }

    private OutputFolder open(Consumer<String> told) {
        return OutputFolder.open(training.loraFile(), "the training of " + training.name(), told);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (folder != null) {
            folder.close();
            folder = null;
        }
    }
}
