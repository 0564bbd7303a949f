package io.github.txt2lora.engine;

import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Requests for images whose turn has not come, in the order in which they were made. A running training may draw them
 * earlier.
 */
final class WaitingImages {

    private final Deque<ImageCall> waiting = new ConcurrentLinkedDeque<>();

    /** A request was made; from any thread. */
    void add(ImageCall call) {
        waiting.addLast(call);
    }

    /** A request was answered, or its turn has come. */
    void remove(ImageCall call) {
        waiting.remove(call);
    }

    /** Those that wait now, the oldest first. */
    List<ImageCall> list() {
        return List.copyOf(waiting);
    }
}
