package io.github.txt2lora.samples.spring;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tells the clients that watch a training what happens in it. The engine calls it on its thread for listeners, clients
 * come and go on the server's threads; hence the lock.
 */
final class TrainingEvents implements TrainingListener {

    private final List<Watcher> watchers = new ArrayList<>();
    private EventMessage latest = new EventMessage("queued", Map.of(), false);

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
    public void onFinished(TrainingFinished event) {
        publishEnd("finished", Map.of("file", event.lora().file().getFileName().toString()));
    }

    @Override
    public void onCancelled(TrainingCancelled event) {
        publishEnd("cancelled", Map.of("iteration", event.iteration()));
    }

    @Override
    public void onFailed(TrainingFailed event) {
        publishEnd("failed", Map.of("reason", String.valueOf(event.failure().getMessage())));
    }

    private void publish(String name, Map<String, ?> data) {
        publish(new EventMessage(name, data, false));
    }

    private void publishEnd(String name, Map<String, ?> data) {
        publish(new EventMessage(name, data, true));
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
