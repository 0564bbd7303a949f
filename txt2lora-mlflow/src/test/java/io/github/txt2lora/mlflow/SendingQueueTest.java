package io.github.txt2lora.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendingQueueTest {

    private final SendingQueue queue =
            new SendingQueue(MlflowServer.at(URI.create("http://localhost:5000")), Duration.ofMillis(1));
    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

    @Test
    void sends_in_order() {
        queue.add(() -> sent.add("one"));
        queue.add(() -> sent.add("two"));
        queue.close(Duration.ofMinutes(1));

        assertThat(sent).containsExactly("one", "two");
    }

    @Test
    void tries_again_until_the_server_answers() {
        AtomicInteger tries = new AtomicInteger();
        queue.add(() -> {
            if (tries.incrementAndGet() < 4) {
                throw new IOException("connection refused");
            }
            sent.add("one");
        });
        queue.add(() -> {
            if (tries.incrementAndGet() < 8) {
                throw new RefusedException(503, "starting");
            }
            sent.add("two");
        });
        queue.close(Duration.ofMinutes(1));

        assertThat(sent).containsExactly("one", "two");
    }

    @Test
    void leaves_out_what_always_fails() {
        AtomicInteger tries = new AtomicInteger();
        queue.add(() -> {
            tries.incrementAndGet();
            throw new RefusedException(500, "a defect");
        });
        queue.add(() -> {
            throw new IllegalStateException("a defect here");
        });
        queue.add(() -> sent.add("last"));
        queue.close(Duration.ofMinutes(1));

        assertThat(tries).hasValue(5);
        assertThat(sent).containsExactly("last");
    }

    @Test
    void closing_does_not_wait_for_a_server_that_never_answers() {
        queue.add(() -> new CountDownLatch(1).await());
        queue.add(() -> sent.add("never"));

        queue.close(Duration.ofMillis(50));

        assertThat(sent).isEmpty();
    }

    @Test
    void closing_does_not_wait_for_a_server_that_stays_away() {
        queue.add(() -> {
            throw new IOException("connection refused");
        });

        queue.close(Duration.ofMillis(50));
        queue.close(Duration.ofMillis(50));

        assertThat(sent).isEmpty();
    }
}
