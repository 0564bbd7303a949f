package io.github.txt2lora.spark;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the driver knows of a run. It calls its listener once at a time, and ends each LoRA once, however often its task
 * is tried: what a process tells that was taken for lost does not count any more.
 */
final class Progress {

    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

    /** Is told what happens. */
    interface Listener {

        /** Something other than the end. */
        void on(String key, Happening happening);

        /** Another executor goes on with a LoRA after one that was lost. */
        void onSuccessor(String key, String host, String lostHost);

        /** The end. */
        void onEnd(String key, Object outcome);
    }

    private final Listener listener;
    private final Map<String, Integer> attempts = new HashMap<>();
    private final Map<String, String> hosts = new HashMap<>();
    private final Map<String, Object> outcomes = new LinkedHashMap<>();

    Progress(Listener listener) {
        this.listener = listener;
    }

    synchronized void receive(Message message) {
        String key = message.key();
        if (outcomes.containsKey(key) || message.attempt() < attempts.getOrDefault(key, 0)) {
            return;
        }
        attempts.put(key, message.attempt());
        Happening happening = message.happening();
        if (happening instanceof Happening.TakenOver taken) {
            Optional.ofNullable(hosts.put(key, taken.host()))
                    .ifPresent(lost -> call(() -> listener.onSuccessor(key, taken.host(), lost)));
        } else if (happening instanceof Happening.Ended ended) {
            end(key, ended.outcome());
        } else {
            call(() -> listener.on(key, happening));
        }
    }

    /** Ends a LoRA unless it has ended. */
    synchronized void end(String key, Object outcome) {
        if (outcomes.putIfAbsent(key, outcome) == null) {
            call(() -> listener.onEnd(key, outcome));
            notifyAll();
        }
    }

    /** Whether an executor has taken a LoRA over. */
    synchronized boolean hasBegun(String key) {
        return hosts.containsKey(key);
    }

    /** Those of a list that have not ended. */
    synchronized List<String> open(List<String> keys) {
        return keys.stream().filter(key -> !outcomes.containsKey(key)).toList();
    }

    /**
     * Waits until some LoRAs have ended, since messages and results come by different ways. Does not wait for more than
     * a time: their messages may be lost. An interrupt does not end the wait.
     */
    synchronized void await(List<String> keys, Duration most) {
        Set<String> missing = new HashSet<>(keys);
        long end = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        while (true) {
            missing.removeAll(outcomes.keySet());
            long rest = end - System.nanoTime();
            if (missing.isEmpty() || rest <= 0) {
                break;
            }
            try {
                wait(Math.max(1, Duration.ofNanos(rest).toMillis()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The outcomes by the keys of the LoRAs. */
    synchronized Map<String, Object> outcomes() {
        return Map.copyOf(outcomes);
    }

    private static void call(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener failed", e);
        }
    }
}
