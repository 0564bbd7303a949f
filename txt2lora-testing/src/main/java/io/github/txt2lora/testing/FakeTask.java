package io.github.txt2lora.testing;

import java.time.Duration;

/** What stands in the queue of a fake engine. Called with the lock of the clock held. */
interface FakeTask {

    /** Does the next thing if it is time for it; whether it did. */
    boolean step(Duration now);

    /** When there is something to do, unless somebody asks for something before. */
    Duration due();

    /** Whether it has left the queue. */
    boolean isDone();
}
