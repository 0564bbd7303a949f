package io.github.txt2lora.samples.spring;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * A client that watches a training. It is written to on a thread of its own while there is something to write. What it
 * is too slow to read is replaced by what is newer of the same name: it holds a message of each name, and keeps neither
 * the training nor other clients waiting. The server drops a client that reads nothing for too long ({@code
 * server.tomcat.connection-timeout}).
 */
final class Watcher {

    private final SseEmitter client;
    private final Executor senders;
    private final Map<String, EventMessage> next = new LinkedHashMap<>();
    private boolean sending;
    private boolean gone;

    Watcher(SseEmitter client, Executor senders) {
        this.client = client;
        this.senders = senders;
    }

    /** Has a message sent; never waits for the client. */
    synchronized void tell(EventMessage message) {
        if (gone) {
            return;
        }
        next.remove(message.name());
        next.put(message.name(), message);
        if (!sending) {
            sending = true;
            try {
                senders.execute(this::sendAll);
            } catch (RejectedExecutionException serviceEnds) {
                gone = true;
            }
        }
    }

    synchronized boolean isGone() {
        return gone;
    }

    synchronized void leave() {
        gone = true;
        next.clear();
    }

    private synchronized @Nullable EventMessage take() {
        Iterator<EventMessage> oldest = next.values().iterator();
        sending = oldest.hasNext();
        if (!sending) {
            return null;
        }
        EventMessage message = oldest.next();
        oldest.remove();
        return message;
    }

    private void sendAll() {
        for (EventMessage message = take(); message != null; message = take()) {
            send(message);
        }
    }

    private void send(EventMessage message) {
        try {
            client.send(SseEmitter.event().name(message.name()).data(message.data()));
            if (message.isLast()) {
                leave();
                client.complete();
            }
        } catch (IOException | IllegalStateException e) {
            leave(); // the client is not there any more
        }
    }
}
