package io.github.txt2lora.samples.spring;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells the clients that watch a training what happens in it. The engine calls it on its thread for listeners, clients
 * come and go on the server's threads; hence the lock.
 */
final class EventStream implements TrainingListener {

    private static final long NO_LIMIT = 0;

    private final List<SseEmitter> clients = new ArrayList<>();
    private Message latest = new Message("queued", Map.of());
    private boolean ended;

    private record Message(String name, Map<String, ?> data) {}

    /** A stream for one more client. It begins with the latest event, so that a late client sees where things are. */
    synchronized SseEmitter watch() {
        var client = new SseEmitter(NO_LIMIT);
        if (send(client, latest)) {
            clients.add(client);
        }
        if (ended) {
            completeAll();
        }
        return client;
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

    private synchronized void publishEnd(String name, Map<String, ?> data) {
        publish(name, data);
        ended = true;
        completeAll();
    }

    private synchronized void publish(String name, Map<String, ?> data) {
        latest = new Message(name, data);
        clients.removeIf(client -> !send(client, latest));
    }

    private void completeAll() {
        clients.forEach(SseEmitter::complete);
        clients.clear();
    }

    /** Returns false for a client that is no longer there. */
    private static boolean send(SseEmitter client, Message message) {
        try {
            client.send(SseEmitter.event().name(message.name()).data(message.data()));
            return true;
        } catch (IOException | IllegalStateException e) {
            return false;
        }
    }
}
