package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import io.github.txt2lora.testing.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How to test an application that trains LoRAs: the engine of {@code txt2lora-testing} trains nothing, needs no model,
 * and lets a night pass in a millisecond. Copy from here.
 */
class UnitTestingYourAppTest {

    /** Stands still until the test moves it. */
    private final VirtualClock clock = VirtualClock.stopped();

    private final TrainingScript sixSeconds = TrainingScript.smooth().iterationTime(Duration.ofSeconds(6));
    private final FakeTrainingEngine engine = FakeTrainingEngine.builder()
            .clock(clock)
            .script(sixSeconds)
            .scriptFor("nvnmmm", sixSeconds.failAt(10, new TrainingFailedException("the loss is NaN")))
            .build();

    private final LoraOrders orders = new LoraOrders(
            engine,
            ModelSource.file(Path.of("any.safetensors")),
            Path.of("anywhere"),
            TrainingSpec.builder().iterations(1000).build());

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void an_order_asks_for_the_training_that_the_customer_wants() {
        orders.order("krnkmd", "black hair,maid uniform");

        assertThat(engine.trainings()).singleElement().satisfies(training -> {
            assertThat(training.name()).isEqualTo("krnkmd");
            assertThat(training.prompts()).extracting(PromptPair::positive).containsExactly("black hair,maid uniform");
        });
    }

    @Test
    void an_order_advances_with_time() {
        orders.order("krnkmd", "black hair,maid uniform");

        clock.advance(Duration.ofMinutes(25));
        assertThat(orders.status("krnkmd")).isEqualTo("25 % done, ready in 75 min");

        clock.advance(Duration.ofMinutes(75));
        assertThat(orders.status("krnkmd")).isEqualTo("ready: krnkmd.safetensors");
    }

    @Test
    void the_second_order_waits_for_the_first() {
        orders.order("krnkmd", "black hair,maid uniform");
        orders.order("tyankmk", "brown hair,japanese miko clothes");

        clock.advance(Duration.ofMinutes(1));

        assertThat(orders.status("tyankmk")).isEqualTo("waits for the orders before it");
    }

    @Test
    void a_failure_is_told_and_does_not_stop_the_next_order() {
        orders.order("nvnmmm", "a look that cannot be trained");
        orders.order("krnkmd", "black hair,maid uniform");

        clock.advance(Duration.ofMinutes(2));

        assertThat(orders.status("nvnmmm")).isEqualTo("failed: the loss is NaN");
        assertThat(orders.status("krnkmd")).startsWith("1 % done");
    }

    @Test
    void an_order_can_be_called_off_half_way() {
        orders.order("krnkmd", "black hair,maid uniform");
        clock.advance(Duration.ofMinutes(50));

        orders.callOff("krnkmd");
        clock.advance(Duration.ZERO);

        assertThat(orders.status("krnkmd")).isEqualTo("called off");
    }
}
