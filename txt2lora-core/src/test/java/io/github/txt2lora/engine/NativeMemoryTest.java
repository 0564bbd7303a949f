package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.testing.EventLog;
import io.github.txt2lora.torch.NativeUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeMemoryTest {

    @TempDir
    Path folder;

    @Test
    void trainings_and_pictures_leave_only_the_model_that_is_kept() {
        try (TrainingEngine engine = Tiny.engine()) {
            assertThat(use(engine)).isEqualTo(new NativeUse(0, 0, 0, 0));
            engine.train(Tiny.training(folder, 1));
            NativeUse afterOne = use(engine);
            assertThat(afterOne).isEqualTo(new NativeUse(0, 0, 1, unetBytes()));

            for (int i = 0; i < 3; i++) {
                TrainedLora lora = engine.train(Tiny.training(folder, 2));
                engine.generate(Tiny.picture().lora(lora.file(), 1).build());
            }

            assertThat(use(engine)).isEqualTo(afterOne);
        }
    }

    @Test
    void kept_latents_and_measurements_take_no_native_memory() {
        try (TrainingEngine engine = Tiny.engine()) {
            engine.train(Tiny.training(folder, 1));
            NativeUse before = use(engine);

            for (LatentSource source : List.of(new LatentSource.Pool(4, 2, 2, 3), new LatentSource.Noise(4, 500))) {
                TrainingSpec.Builder spec = Tiny.spec(3)
                        .method(Tiny.keeping(source))
                        .stopping(stopping -> stopping.withRule(
                                        StopRule.gapBelow(1e-9).withEveryIterations(2))
                                .withMeasureQuality(true));
                TrainedLora lora = engine.train(Tiny.training(folder, spec).build());
                assertThat(lora.quality()).isPresent();
                assertThat(use(engine)).isEqualTo(before);
            }
        }
    }

    @Test
    void trainings_that_fail_or_are_cancelled_leave_nothing_more() throws Exception {
        Path damaged = Files.write(folder.resolve("damaged.safetensors"), new byte[100]);
        try (TrainingEngine engine = Tiny.engine()) {
            engine.train(Tiny.training(folder, 1));
            NativeUse before = use(engine);

            LoraTraining diverging =
                    Tiny.training(folder, Tiny.spec(3).learningRate(1e30)).build();
            assertThatThrownBy(() -> engine.train(diverging)).isInstanceOf(TrainingFailedException.class);
            assertThat(use(engine)).isEqualTo(before);

            var log = new EventLog();
            TrainingJob job = engine.start(Tiny.training(folder, Integer.MAX_VALUE), log);
            log.await(IterationFinished.class);
            job.cancel(CancelMode.DISCARD);
            assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
            assertThat(use(engine)).isEqualTo(before);

            assertThatThrownBy(() ->
                            engine.generate(Tiny.picture().lora(damaged, 1).build()))
                    .isInstanceOf(CheckpointException.class);
            assertThat(use(engine)).isEqualTo(before);
        }
    }

    @Test
    void closing_frees_everything_and_ends_all_threads() throws Exception {
        TrainingEngine engine = Tiny.engine();
        engine.train(Tiny.training(folder, 1), new EventLog());
        engine.start(Tiny.training(folder, Integer.MAX_VALUE), new EventLog());
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("txt2lora-"))
                .toList();
        assertThat(threads).hasSizeGreaterThanOrEqualTo(2);

        engine.close();

        assertThat(use(engine)).isEqualTo(new NativeUse(0, 0, 0, 0));
        for (Thread thread : threads) {
            thread.join(TimeUnit.MINUTES.toMillis(1));
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    /** Of the tiny UNet's weights in 32 bits. */
    private static long unetBytes() {
        try (Checkpoint checkpoint = Checkpoint.open(Tiny.modelFile())) {
            return checkpoint.tensors(Component.UNET).values().stream()
                    .mapToLong(tensor -> tensor.elements() * Float.BYTES)
                    .sum();
        }
    }

    private static NativeUse use(TrainingEngine engine) {
        return ((DjlTrainingEngine) engine).nativeUse();
    }
}
