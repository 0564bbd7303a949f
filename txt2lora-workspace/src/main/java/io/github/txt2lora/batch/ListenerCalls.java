package io.github.txt2lora.batch;

import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.spi.DownloadProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a listener from several threads, one call at a time, and survives what it throws. */
final class ListenerCalls implements BatchListener {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerCalls.class);

    private final BatchListener listener;

    ListenerCalls(BatchListener listener) {
        this.listener = listener;
    }

    @Override
    public boolean wantsEveryIteration() {
        return listener.wantsEveryIteration();
    }

    @Override
    public void onLoraStarted(String name, int number, int total) {
        call(() -> listener.onLoraStarted(name, number, total));
    }

    @Override
    public void onModel(String name, String model) {
        call(() -> listener.onModel(name, model));
    }

    @Override
    public void onDownload(String name, DownloadProgress progress) {
        call(() -> listener.onDownload(name, progress));
    }

    @Override
    public void onTraining(String name, TrainingEvent event) {
        call(() -> listener.onTraining(name, event));
    }

    @Override
    public void onResize(String name, OperationProgress progress) {
        call(() -> listener.onResize(name, progress));
    }

    @Override
    public void onPicture(String name, int done, int total) {
        call(() -> listener.onPicture(name, done, total));
    }

    @Override
    public void onWarning(String name, String message) {
        String printable = Excerpt.message(message);
        LOG.warn("{}: {}", Excerpt.of(name), printable);
        call(() -> listener.onWarning(name, printable));
    }

    @Override
    public void onLoraEnded(LoraOutcome outcome) {
        call(() -> listener.onLoraEnded(outcome));
    }

    private synchronized void call(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener of the batch failed", e);
        }
    }
}
