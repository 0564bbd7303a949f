package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.TrainingJob;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InterruptionTest {

    private final BlockingQueue<CancelMode> cancelled = new LinkedBlockingQueue<>();

    /** A job of which only {@code cancel} is called. */
    private final TrainingJob job = (TrainingJob) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {TrainingJob.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("cancel");
                cancelled.put((CancelMode) arguments[0]);
                return null;
            });

    @Test
    @Timeout(60)
    void keeps_what_was_trained_and_holds_the_process_until_closed() throws InterruptedException {
        var interruption = new Interruption();
        var process = new Thread(() -> interruption.cancel(() -> job.cancel(CancelMode.KEEP)));
        process.start();

        assertThat(cancelled.poll(30, TimeUnit.SECONDS)).isEqualTo(CancelMode.KEEP);
        assertThat(process.isAlive()).as("the process waits").isTrue();
        interruption.close();
        process.join();
    }

    @Test
    void a_job_that_ended_is_not_cancelled_when_the_process_ends() {
        var interruption = new Interruption();
        interruption.watch(job);
        interruption.close();

        assertThat(cancelled).isEmpty();
    }
}
