package io.github.txt2lora.internal.job;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Delivers one job's events to its listeners, in order and one at a time, on an executor that may serve other jobs too.
 * Progress that a slow listener has not seen yet is replaced by newer progress; all other events are kept,
 * and every iteration for listeners that want it.
 */
public final class EventQueue {

    /** Is told when a listener threw something, which is then forgotten. */
    @FunctionalInterface
    public interface ListenerFailure {

        /** Logs it. */
        void report(TrainingEvent event, Throwable failure);
    }

    /** Images are large, and a listener may never come back. */
    private static final int MOST_PREVIEWS = 10;

    private final List<TrainingListener> listeners;
    private final Executor executor;
    private final ListenerFailure listenerFailure;
    private final Deque<TrainingEvent> waiting = new ArrayDeque<>();
    private final Set<TrainingListener> wantEvery = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean delivering;

    /** A queue without events. */
    public EventQueue(List<TrainingListener> listeners, Executor executor, ListenerFailure listenerFailure) {
        this.listeners = List.copyOf(listeners);
        this.executor = executor;
        this.listenerFailure = listenerFailure;
        this.listeners.stream().filter(EventQueue::wantsEvery).forEach(wantEvery::add);
    }

    /** What a listener throws when it is asked must not end the job. */
    @SuppressWarnings("CatchingUnchecked")
    private static boolean wantsEvery(TrainingListener listener) {
        try {
            return listener.wantsEveryIteration();
        } catch (Throwable e) {
            return false;
        }
    }

    /** Queues an event; never waits for a listener. */
    public synchronized void publish(TrainingEvent event) {
        boolean replaces =
                event instanceof ModelDownloading || (event instanceof IterationFinished && wantEvery.isEmpty());
        if (replaces) {
            waiting.removeIf(event.getClass()::isInstance);
        }
        if (event instanceof PreviewDrawn
                && waiting.stream().filter(PreviewDrawn.class::isInstance).count() >= MOST_PREVIEWS) {
            waiting.removeFirstOccurrence(waiting.stream()
                    .filter(PreviewDrawn.class::isInstance)
                    .findFirst()
                    .orElseThrow());
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
                if (!isOutdatedFor(listener, event)) {
                    deliver(listener, event);
                }
            }
        }
    }

    private synchronized boolean isOutdatedFor(TrainingListener listener, TrainingEvent event) {
        return event instanceof IterationFinished
                && !wantEvery.contains(listener)
                && waiting.stream().anyMatch(IterationFinished.class::isInstance);
    }

    @SuppressWarnings("CatchingUnchecked") // a listener written in another language may throw a checked exception
    private void deliver(TrainingListener listener, TrainingEvent event) {
        try {
            listener.onEvent(event);
        } catch (Throwable e) {
            listenerFailure.report(event, e);
        } finally {
            // whom a listener interrupted was itself, not the next one
            Thread.interrupted();
        }
    }
}
