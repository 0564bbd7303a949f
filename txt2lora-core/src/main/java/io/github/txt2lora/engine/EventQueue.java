package io.github.txt2lora.engine;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers one job's events to its listeners, in order and one at a time, on an executor that may serve other jobs too.
 * Progress that a slow listener has not seen yet is replaced by newer progress; all other events are kept.
 */
final class EventQueue {

    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

    private final List<TrainingListener> listeners;
    private final Executor executor;
    private final Deque<TrainingEvent> waiting = new ArrayDeque<>();
    private boolean delivering;

    EventQueue(List<TrainingListener> listeners, Executor executor) {
        this.listeners = List.copyOf(listeners);
        this.executor = executor;
    }

    /** Queues an event; never waits for a listener. */
    synchronized void publish(TrainingEvent event) {
        if (event instanceof IterationFinished) {
            waiting.removeIf(IterationFinished.class::isInstance);
        }
        waiting.addLast(event);
        if (!delivering) {
            delivering = true;
            executor.execute(this::deliverAll);
        }
    }

    private synchronized @Nullable TrainingEvent nextEvent() {
        TrainingEvent event = waiting.pollFirst();
        if (event == null) {
            delivering = false;
        }
        return event;
    }

    private void deliverAll() {
        for (TrainingEvent event = nextEvent(); event != null; event = nextEvent()) {
            for (TrainingListener listener : listeners) {
                deliver(listener, event);
            }
        }
    }

    @SuppressWarnings("CatchingUnchecked") // a listener written in another language may throw a checked exception
    private static void deliver(TrainingListener listener, TrainingEvent event) {
        try {
            listener.onEvent(event);
        } catch (Throwable e) {
            LOG.warn(
                    "a listener failed on {}; the training goes on",
                    event.getClass().getSimpleName(),
                    e);
        } finally {
            // whom a listener interrupted was itself, not the next one
            Thread.interrupted();
        }
    }
}
