package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrainingMetersTest {

    private static final LoraTraining TRAINING = LoraTraining.builder()
            .name("krnkmd")
            .model(ModelSource.file(Path.of("model.safetensors")))
            .prompt(PromptPair.enhance("krnkmd").positive("maid").build())
            .output(Path.of("lora"))
            .build();

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final TrainingMeters meters = new TrainingMeters(registry);

    @Test
    void time_queued_and_time_trained_are_apart_and_every_iteration_counts() {
        TrainingListener training = meters.listener();
        clock.add(Duration.ofSeconds(5));
        training.onEvent(new TrainingStarted(TRAINING));
        training.onEvent(new IterationFinished(1, 2, 0.5, 1, 0.1, 4, Duration.ZERO));
        training.onEvent(new GapMeasured(1, 0.25, 0.25));
        training.onEvent(new IterationFinished(2, 2, 0.125, 1, 0.1, 4, Duration.ZERO));
        clock.add(Duration.ofSeconds(7));
        assertThat(registry.get("txt2lora.iterations.per.second").gauge().value())
                .isEqualTo(4);
        training.onEvent(new TrainingFailed(new TrainingFailedException("the loss is NaN")));

        assertThat(training.wantsEveryIteration()).isTrue();
        assertThat(registry.get("txt2lora.waiting").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(5);
        assertThat(registry.get("txt2lora.training")
                        .tag("outcome", "failed")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .isEqualTo(7);
        assertThat(registry.get("txt2lora.iterations").counter().count()).isEqualTo(2);
        assertThat(registry.get("txt2lora.loss").gauge().value()).isEqualTo(0.125);
        assertThat(registry.get("txt2lora.gap").gauge().value()).isEqualTo(0.25);
        assertThat(registry.get("txt2lora.iterations.per.second").gauge().value())
                .isZero();
    }

    @Test
    void a_training_that_is_cancelled_in_the_queue_has_only_waited() {
        TrainingListener training = meters.listener();
        clock.add(Duration.ofSeconds(3));
        training.onEvent(new TrainingCancelled(0, Optional.empty()));

        assertThat(registry.get("txt2lora.waiting").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(3);
        assertThat(registry.find("txt2lora.training").timer()).isNull();
    }
}
