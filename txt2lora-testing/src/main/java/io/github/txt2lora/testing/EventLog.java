package io.github.txt2lora.testing;

import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps the events of a training, and lets a test wait for the first of a kind. */
public class EventLog implements TrainingListener {

    private static final long MOST_SECONDS = 60;

    private final List<TrainingEvent> events = new CopyOnWriteArrayList<>();
    private final Set<String> threads = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Class<?>, CountDownLatch> arrivals = new ConcurrentHashMap<>();

    /** An empty log. */
    public EventLog() {}

    @Override
    public void onEvent(TrainingEvent event) {
        threads.add(Thread.currentThread().getName());
        events.add(event);
        arrival(event.getClass()).countDown();
    }

    private CountDownLatch arrival(Class<?> kind) {
        return arrivals.computeIfAbsent(kind, key -> new CountDownLatch(1));
    }

    /**
     * Waits for the first event of a kind.
     *
     * @throws AssertionError if none comes within a minute
     */
    public void await(Class<? extends TrainingEvent> kind) throws InterruptedException {
        if (!arrival(kind).await(MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no " + kind.getSimpleName() + " came, only " + names());
        }
    }

    /** The events received, in order. */
    public List<TrainingEvent> events() {
        return List.copyOf(events);
    }

    /** The received events of a kind, in order. */
    public <T extends TrainingEvent> List<T> events(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The simple names of the events' classes, in order. */
    public List<String> names() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    /** The names of the threads that brought the events. */
    public Set<String> threads() {
        return Set.copyOf(threads);
    }
}
