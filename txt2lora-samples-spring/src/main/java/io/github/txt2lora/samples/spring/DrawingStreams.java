package io.github.txt2lora.samples.spring;

import io.github.txt2lora.TrainingEngine;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The drawings that wait or are being drawn, each on a thread of its own that waits for the engine. */
@Component
final class DrawingStreams implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LATER = Duration.ofSeconds(30);
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

    private final TrainingEngine engine;
    private final int most;
    private final Semaphore free;
    private final ExecutorService painters = Executors.newCachedThreadPool(daemons("drawing"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(daemons("drawing-signs-of-life"));

    DrawingStreams(TrainingEngine engine, ServiceLimits limits) {
        this.engine = engine;
        most = limits.drawings();
        free = new Semaphore(most);
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            var thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Draws a table for a client. A client that leaves, also while its drawing waits, makes room. */
    SseEmitter open(Drawing drawing) {
        if (!free.tryAcquire()) {
            throw Refusal.until(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    most + " drawings wait or are being drawn, as many as there may be; try again later",
                    LATER);
        }
        var client = new SseEmitter(LONGEST.toMillis());
        var painter = new Painter(engine, drawing, client);
        Future<?> painting = painters.submit(painter);
        Future<?> signs = timer.scheduleWithFixedDelay(
                painter::signOfLife, SIGN_OF_LIFE.toSeconds(), SIGN_OF_LIFE.toSeconds(), TimeUnit.SECONDS);
        var isOpen = new AtomicBoolean(true);
        client.onCompletion(() -> {
            signs.cancel(false);
            painting.cancel(true);
            if (isOpen.getAndSet(false)) {
                free.release();
            }
        });
        return client;
    }

    @Override
    public void close() {
        painters.shutdownNow();
        timer.shutdownNow();
    }
}
