package io.github.txt2lora.engine;

import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.leco.state.TrainingState;
import io.github.txt2lora.leco.state.TrainingStateFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a training's states when they are due, on a thread of its own, and keeps the last two. A state that cannot be
 * written is reported and does not end the training. Used by the engine's worker thread.
 */
final class StateKeeper implements AutoCloseable {

    /** The one before the last stays until the next is whole, and in case that the last gets damaged. */
    private static final int KEPT = 2;

    private final StateSpec spec;
    private final StateFolder folder;
    private final Consumer<TrainingEvent> events;
    private final Consumer<String> warnings;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(runnable -> {
        var thread = new Thread(runnable, "txt2lora-state");
        thread.setDaemon(true);
        return thread;
    });
    private final Deque<Path> written = new ArrayDeque<>();
    private Optional<Path> kept = Optional.empty();
    private @Nullable CompletableFuture<StateSaved> writing;
    private long lastNanos;

    /**
     * A keeper that has written nothing yet.
     *
     * @param events is told of states that are whole
     * @param warnings is told of states that could not be written
     */
    StateKeeper(StateSpec spec, StateFolder folder, Consumer<TrainingEvent> events, Consumer<String> warnings) {
        this.spec = spec;
        this.folder = folder;
        this.events = events;
        this.warnings = warnings;
        this.lastNanos = System.nanoTime();
    }

    /** Registers the state that the training resumes from, which is one of those to keep. */
    void resumedFrom(Path file) {
        written.add(file);
    }

    /** Tells a state of a training of another length, which is not deleted. */
    void keep(Optional<Path> file) {
        kept = file;
    }

    /** After each iteration: writes the state if it is time, unless the last one is still being written. */
    void iterationDone(int iteration, Supplier<TrainingState> state) {
        if (writing != null && writing.isDone()) {
            finishWriting();
        }
        boolean due = (spec.everyIterations() > 0 && iteration % spec.everyIterations() == 0) || intervalIsOver();
        if (due && writing == null) {
            begin(state.get());
        }
    }

    private boolean intervalIsOver() {
        return spec.interval()
                .map(Duration::toNanos)
                .filter(interval -> System.nanoTime() - lastNanos >= interval)
                .isPresent();
    }

    /**
     * Writes the state now and waits for it.
     *
     * @return the state that was written; empty if states are off or it could not be written
     */
    Optional<StateSaved> saveNow(Supplier<TrainingState> state) {
        if (!spec.isWritten()) {
            return Optional.empty();
        }
        finishWriting();
        begin(state.get());
        return finishWriting();
    }

    private void begin(TrainingState state) {
        lastNanos = System.nanoTime();
        writing = CompletableFuture.supplyAsync(() -> write(state), writer);
    }

    private StateSaved write(TrainingState state) {
        Path file = folder.file(state.iteration());
        TrainingStateFile.write(file, state);
        // after a rollback, later ones are no part of this training any more
        written.removeIf(earlier -> folder.iteration(earlier) >= state.iteration());
        written.addLast(file);
        if (written.size() > KEPT) {
            written.removeFirst();
        }
        retain();
        return new StateSaved(file, state.iteration());
    }

    private void retain() {
        folder.retain(Stream.concat(written.stream(), kept.stream()).distinct().toList());
    }

    private Optional<StateSaved> finishWriting() {
        if (writing == null) {
            return Optional.empty();
        }
        try {
            StateSaved saved = writing.join();
            events.accept(saved);
            return Optional.of(saved);
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            warnings.accept("the training's state could not be written, so an interruption would cost more: "
                    + (cause instanceof Txt2LoraException ? cause.getMessage() : cause));
            return Optional.empty();
        } finally {
            writing = null;
        }
    }

    /** Keeps the state at the end of all iterations alone, from which more can be made; no event tells of it. */
    void keepLast(Supplier<TrainingState> state) {
        if (!spec.isWritten()) {
            deleteAll();
            return;
        }
        finishWriting();
        try {
            write(state.get());
            while (written.size() > 1) {
                written.removeFirst();
            }
            retain();
        } catch (StorageException e) {
            warnings.accept("the training's last state could not be kept, so more iterations would start over: "
                    + e.getMessage());
        }
    }

    /** Deletes all states of this training. */
    void deleteAll() {
        finishWriting();
        written.clear();
        retainQuietly();
    }

    private void retainQuietly() {
        try {
            retain();
        } catch (StorageException e) {
            warnings.accept(e.getMessage());
        }
    }

    /** Waits for a write in progress. */
    @Override
    public void close() {
        finishWriting();
        writer.shutdown();
    }
}
