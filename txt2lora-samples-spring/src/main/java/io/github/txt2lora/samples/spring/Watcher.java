package io.github.txt2lora.samples.spring;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * A client that watches a training. It is written to on a thread of its own while there is something to write. What it
 * is too slow to read is replaced by what is newer: it holds one message, and keeps neither the training nor other
 * clients waiting. The server drops a client that reads nothing for too long ({@code
 * server.tomcat.connection-timeout}).
 */
final class Watcher {

    private final SseEmitter client;
    private final Executor senders;
    private @Nullable EventMessage next;
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
        next = message;
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
        next = null;
    }

    private synchronized @Nullable EventMessage take() {
        EventMessage message = next;
        next = null;
        sending = message != null;
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
