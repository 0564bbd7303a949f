package io.github.txt2lora.batch;

import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.spi.DownloadProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls listeners from several threads, one call at a time, and survives what they throw. */
final class ListenerCalls implements BatchListener {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerCalls.class);

    private final List<BatchListener> listeners;

    ListenerCalls(BatchListener... listeners) {
        this.listeners = List.of(listeners);
    }

    @Override
    public void onReport(Path file) {
        call(listener -> listener.onReport(file));
    }

    @Override
    public boolean wantsEveryIteration() {
        return listeners.stream().anyMatch(BatchListener::wantsEveryIteration);
    }

    @Override
    public void onLoraStarted(String name, int number, int total) {
        call(listener -> listener.onLoraStarted(name, number, total));
    }

    @Override
    public void onModel(String name, String model) {
        call(listener -> listener.onModel(name, model));
    }

    @Override
    public void onDownload(String name, DownloadProgress progress) {
        call(listener -> listener.onDownload(name, progress));
    }

    @Override
    public void onTraining(String name, TrainingEvent event) {
        call(listener -> listener.onTraining(name, event));
    }

    @Override
    public void onResize(String name, OperationProgress progress) {
        call(listener -> listener.onResize(name, progress));
    }

    @Override
    public void onPicture(String name, int done, int total) {
        call(listener -> listener.onPicture(name, done, total));
    }

    @Override
    public void onWarning(String name, String message) {
        String printable = Excerpt.message(message);
        LOG.warn("{}: {}", Excerpt.of(name), printable);
        call(listener -> listener.onWarning(name, printable));
    }

    @Override
    public void onLoraEnded(LoraOutcome outcome) {
        call(listener -> listener.onLoraEnded(outcome));
    }

    private synchronized void call(Consumer<BatchListener> action) {
        for (BatchListener listener : listeners) {
            try {
                action.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn("a listener of the batch failed", e);
            }
        }
    }
}
