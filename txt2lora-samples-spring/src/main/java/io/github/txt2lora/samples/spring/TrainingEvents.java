package io.github.txt2lora.samples.spring;

import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the clients that watch a training what happens in it. The engine calls it on its thread for listeners, clients
 * come and go on the server's threads; hence the lock.
 */
final class TrainingEvents implements TrainingListener {

    private final long id;
    private final List<Watcher> watchers = new ArrayList<>();
    private EventMessage latest;

    /** The events of a training that is queued. */
    TrainingEvents(long id) {
        this(id, new EventMessage("queued", Map.of(), false));
    }

    private TrainingEvents(long id, EventMessage latest) {
        this.id = id;
        this.latest = latest;
    }

    /** The events of a training that the engine does not know any more: the last one. */
    static TrainingEvents ofEnded(long id, TrainingRow row) {
        return new TrainingEvents(
                id,
                switch (row.state()) {
                    case FINISHED -> finished(row.name() + ".safetensors");
                    case CANCELLED -> cancelled(row.iteration());
                    case FAILED -> failed(row.reason());
                    case QUEUED, RUNNING, PAUSED -> suspended(row.iteration());
                });
    }

    /** Adds a client. It is told the latest event first, so that a late one sees where things are. */
    synchronized void add(Watcher watcher) {
        watchers.removeIf(Watcher::isGone);
        watcher.tell(latest);
        if (!latest.isLast()) {
            watchers.add(watcher);
        }
    }

    @Override
    public void onStarted(TrainingStarted event) {
        publish("started", Map.of());
    }

    @Override
    public void onStateRestored(StateRestored event) {
        publish("restored", Map.of("iteration", event.iteration()));
    }

    @Override
    public void onIteration(IterationFinished event) {
        publish(
                "iteration",
                Map.of(
                        "iteration", event.iteration(),
                        "iterations", event.iterations(),
                        "loss", event.loss(),
                        "secondsLeft", event.remaining().toSeconds()));
    }

    @Override
    public void onGap(GapMeasured event) {
        publish("gap", Map.of("iteration", event.iteration(), "gap", event.gap()));
    }

    @Override
    public void onPreview(PreviewDrawn event) {
        if (!event.files().isEmpty()) {
            Preview preview = Preview.of(id, event.iteration(), event.files().size());
            publish("preview", Map.of("iteration", preview.iteration(), "pictures", preview.pictures()));
        }
    }

    @Override
    public void onStateSaved(StateSaved event) {
        publish("saved", Map.of("iteration", event.iteration()));
    }

    @Override
    public void onWarning(TrainingWarning event) {
        publish("warning", Map.of("message", event.message()));
    }

    @Override
    public void onPaused(TrainingPaused event) {
        publish("paused", Map.of("iteration", event.iteration()));
    }

    @Override
    public void onResumed(TrainingResumed event) {
        publish("resumed", Map.of("iteration", event.iteration()));
    }

    @Override
    public void onFinished(TrainingFinished event) {
        publish(finished(event.lora().file().getFileName().toString()));
    }

    @Override
    public void onCancelled(TrainingCancelled event) {
        publish(cancelled(event.iteration()));
    }

    @Override
    public void onFailed(TrainingFailed event) {
        publish(failed(event.failure().getMessage()));
    }

    private static EventMessage finished(String file) {
        return new EventMessage("finished", Map.of("file", file), true);
    }

    private static EventMessage cancelled(int iteration) {
        return new EventMessage("cancelled", Map.of("iteration", iteration), true);
    }

    private static EventMessage failed(@Nullable String reason) {
        return new EventMessage("failed", Map.of("reason", String.valueOf(reason)), true);
    }

    private static EventMessage suspended(int iteration) {
        return new EventMessage("suspended", Map.of("iteration", iteration), true);
    }

    private void publish(String name, Map<String, ?> data) {
        publish(new EventMessage(name, data, false));
    }

    private synchronized void publish(EventMessage message) {
        latest = message;
        watchers.removeIf(Watcher::isGone);
        watchers.forEach(watcher -> watcher.tell(message));
        if (message.isLast()) {
            watchers.clear();
        }
    }
}
