package io.github.txt2lora.internal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventThreadTest {

    @Test
    void closing_does_not_wait_for_ever_for_a_listener_that_does() throws Exception {
        var thread = new EventThread(Duration.ofMillis(1));
        var blocked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var after = new CompletableFuture<String>();
        thread.execute(() -> {
            blocked.countDown();
            awaitUninterrupted(release);
        });
        thread.execute(() -> after.complete("arrived"));
        blocked.await();

        thread.close();

        assertThat(after).isNotDone();
        release.countDown();
        assertThat(after.get(30, TimeUnit.SECONDS)).isEqualTo("arrived");
    }

    @Test
    void closing_lets_what_is_queued_arrive() {
        var thread = new EventThread();
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            thread.execute(() -> arrived.add(number));
        }

        thread.close();

        assertThat(arrived).hasSize(100).isSorted();
    }

    @Test
    void closing_from_the_thread_itself_does_not_wait_for_itself() throws Exception {
        var thread = new EventThread();
        var closed = new CompletableFuture<Boolean>();

        thread.execute(() -> {
            thread.close();
            closed.complete(thread.isCurrent());
        });

        assertThat(closed.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(thread.isCurrent()).isFalse();
    }

    @Test
    void what_comes_after_closing_runs_where_it_comes_from() {
        var thread = new EventThread();
        thread.close();
        var ran = new CompletableFuture<Thread>();

        thread.execute(() -> ran.complete(Thread.currentThread()));

        assertThat(ran).isCompletedWithValue(Thread.currentThread());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
