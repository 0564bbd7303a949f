package io.github.txt2lora.samples.spring;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The streams of events that are open, of all trainings. There are as many threads as clients are being written to. */
@Component
final class EventStreams implements AutoCloseable {

    /** Clients open another stream by themselves; those that are gone without a word make room. */
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private static final Duration LATER = Duration.ofMinutes(1);

    private final int most;
    private final Semaphore free;
    private final ExecutorService senders = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "event-stream");
        thread.setDaemon(true);
        return thread;
    });

    EventStreams(ServiceLimits limits) {
        most = limits.streams();
        free = new Semaphore(most);
    }

    /** Opens a stream of a training's events. */
    SseEmitter open(TrainingEvents events) {
        if (!free.tryAcquire()) {
            throw Refusal.until(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    most + " streams of events are open, as many as there may be; ask for the training's state instead,"
                            + " or try again later",
                    LATER);
        }
        var client = new SseEmitter(LONGEST.toMillis());
        var watcher = new Watcher(client, senders);
        var isOpen = new AtomicBoolean(true);
        client.onCompletion(() -> {
            watcher.leave();
            if (isOpen.getAndSet(false)) {
                free.release();
            }
        });
        events.add(watcher);
        return client;
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }
}
