package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.testing.EventLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {

    @TempDir
    Path folder;

    @Test
    void events_come_in_order_with_what_happened() {
        var log = new EventLog();
        LoraTraining training = Tiny.training(folder, 2);
        TrainedLora lora;
        try (TrainingEngine engine = Tiny.engine()) {
            lora = engine.train(training, log);
        }

        assertThat(log.names())
                .containsSubsequence("TrainingStarted", "ModelLoaded", "IterationFinished", "LoraSaved")
                .endsWith("LoraSaved", "TrainingFinished");
        assertThat(log.threads()).containsExactly("txt2lora-events");
        assertThat(log.events(TrainingStarted.class)).containsExactly(new TrainingStarted(training));
        ModelLoaded loaded = log.events(ModelLoaded.class).get(0);
        assertThat(loaded.model()).isEqualTo("sd1-tiny.safetensors");
        assertThat(loaded.duration()).isPositive();
        List<IterationFinished> iterations = log.events(IterationFinished.class);
        IterationFinished last = iterations.get(iterations.size() - 1);
        assertThat(last.iteration()).isEqualTo(2);
        assertThat(last.iterations()).isEqualTo(2);
        assertThat(last.loss()).isEqualTo(lora.losses().get(1));
        assertThat(last.gradientNorm()).isPositive();
        assertThat(last.learningRate()).isEqualTo(1e-4);
        assertThat(last.iterationsPerSecond()).isPositive();
        assertThat(last.remaining()).isZero();
        assertThat(log.events(LoraSaved.class)).containsExactly(new LoraSaved(lora.file(), 2));
        assertThat(log.events(TrainingFinished.class)).containsExactly(new TrainingFinished(lora));
    }

    @Test
    void model_that_was_kept_loads_in_no_time() {
        var log = new EventLog();
        try (TrainingEngine engine = Tiny.engine()) {
            engine.train(Tiny.training(folder, 1));
            engine.train(Tiny.training(folder, 1), log);
        }

        assertThat(log.events(ModelLoaded.class))
                .extracting(ModelLoaded::duration)
                .containsExactly(Duration.ZERO);
    }
}
