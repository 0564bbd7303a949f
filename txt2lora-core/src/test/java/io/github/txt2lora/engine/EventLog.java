package io.github.txt2lora.engine;

import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps the events of a training, and lets a test wait for the first of a kind. */
class EventLog implements TrainingListener {

    private static final long MOST_SECONDS = 60;

    private final List<TrainingEvent> events = new CopyOnWriteArrayList<>();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Class<?>, CountDownLatch> arrivals = new ConcurrentHashMap<>();

    @Override
    public void onEvent(TrainingEvent event) {
        threads.add(Thread.currentThread().getName());
        events.add(event);
        arrival(event.getClass()).countDown();
    }

    private CountDownLatch arrival(Class<?> kind) {
        return arrivals.computeIfAbsent(kind, key -> new CountDownLatch(1));
    }

    void await(Class<? extends TrainingEvent> kind) throws InterruptedException {
        if (!arrival(kind).await(MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no " + kind.getSimpleName() + " came, only " + names());
        }
    }

    List<TrainingEvent> events() {
        return events;
    }

    <T extends TrainingEvent> List<T> events(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The simple names of the events' classes, in order. */
    List<String> names() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    Set<String> threads() {
        return threads;
    }
}
