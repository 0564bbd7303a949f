package io.github.txt2lora.testing;

import java.time.Duration;

/** A task in the queue of a fake engine. Called with the lock of the clock held. */
interface FakeTask {

    /** Performs the next action if it is due; returns whether it did. */
    boolean step(Duration now);

    /** The time of the next action, unless a request comes earlier. */
    Duration due();

    /** Whether it has left the queue. */
    boolean isDone();
}
