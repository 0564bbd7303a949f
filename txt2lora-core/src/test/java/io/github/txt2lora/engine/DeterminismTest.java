package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.testing.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeterminismTest {

    private static final int ITERATIONS = 4;

    @TempDir
    Path folder;

    @Test
    void same_seed_gives_the_same_bytes_and_another_seed_others() throws IOException {
        try (TrainingEngine engine = Tiny.engine()) {
            byte[] first = train(engine, "first", 7);
            byte[] second = train(engine, "second", 7);
            byte[] other = train(engine, "other", 8);

            assertThat(second).isEqualTo(first);
            assertThat(other).isNotEqualTo(first);
        }
    }

    @Test
    void pictures_and_other_trainings_before_it_do_not_change_a_training() throws IOException {
        byte[] alone;
        try (TrainingEngine engine = Tiny.engine()) {
            alone = train(engine, "alone", 7);
        }
        try (TrainingEngine engine = Tiny.engine()) {
            TrainingSpec.Builder adafactor = Tiny.spec(2).optimizer(OptimizerSpec.adafactor());
            LoraTraining before =
                    Tiny.training(folder.resolve("before"), adafactor).build();
            engine.generate(Tiny.picture().lora(engine.train(before).file(), 1).build());

            assertThat(train(engine, "after", 7)).isEqualTo(alone);
        }
    }

    @Test
    void training_in_another_engine_at_the_same_time_changes_nothing() throws Exception {
        byte[] alone;
        try (TrainingEngine engine = Tiny.engine()) {
            alone = train(engine, "alone", 7);
        }
        try (TrainingEngine engine = Tiny.engine();
                TrainingEngine other = Tiny.engine()) {
            var log = new EventLog();
            TrainingJob beside = other.start(
                    Tiny.training(folder.resolve("beside"), Tiny.spec(100_000).seed(1))
                            .build(),
                    log);
            log.await(IterationFinished.class);

            byte[] together = train(engine, "together", 7);

            assertThat(beside.state().isTerminal()).isFalse();
            assertThat(together).isEqualTo(alone);
        }
    }

    @Test
    void pause_does_not_change_what_is_trained() throws Exception {
        try (TrainingEngine engine = Tiny.engine()) {
            byte[] uninterrupted = train(engine, "uninterrupted", 7);
            var job = new AtomicReference<TrainingJob>();
            LoraTraining training = training("paused", 7);
            var pauses = new TrainingListener() {
                @Override
                public void onIteration(IterationFinished event) {
                    job.get().pause();
                }

                @Override
                public void onPaused(TrainingPaused event) {
                    job.get().resume();
                }
            };
            var hold = new Held(engine, folder.resolve("hold"));
            job.set(engine.start(training, pauses));
            hold.release();
            job.get().await();

            assertThat(Files.readAllBytes(training.loraFile())).isEqualTo(uninterrupted);
        }
    }

    private byte[] train(TrainingEngine engine, String name, long seed) throws IOException {
        return Files.readAllBytes(engine.train(training(name, seed)).file());
    }

    private LoraTraining training(String subfolder, long seed) {
        return Tiny.training(folder.resolve(subfolder), Tiny.spec(ITERATIONS).seed(seed))
                .build();
    }
}
