package io.github.txt2lora.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Resources to close when a training ends, the last first. */
final class HeldResources implements AutoCloseable {

    private final Deque<AutoCloseable> held = new ArrayDeque<>();

    /** Holds a resource from now on. */
    <T extends AutoCloseable> T hold(T resource) {
        held.push(resource);
        return resource;
    }

    /** Closes all of them, even if one cannot be closed. */
    @Override
    public void close() {
        List<Exception> failures = new ArrayList<>();
        while (!held.isEmpty()) {
            try {
                held.pop().close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            var failure = new IllegalStateException("not everything could be closed: " + failures.get(0));
            failures.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    /** Closes all of them because of a failure, which stays the one to report. */
    void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
