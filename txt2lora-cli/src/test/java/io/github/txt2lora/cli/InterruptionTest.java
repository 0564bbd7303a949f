package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InterruptionTest {

    @Test
    @Timeout(60)
    void interrupts_the_command_and_holds_the_process_until_it_has_ended() throws InterruptedException {
        var interrupted = new CountDownLatch(1);
        var command = new Thread(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        command.start();
        var interruption = new Interruption(command);
        var process = new Thread(interruption::interrupt);

        process.start();

        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.isAlive()).as("the process waits").isTrue();
        interruption.ended();
        process.join();
    }
}
