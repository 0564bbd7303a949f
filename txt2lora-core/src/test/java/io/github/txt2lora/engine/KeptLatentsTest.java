package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.testing.EventLog;
import io.github.txt2lora.torch.TestTorch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part of a pool that an engine keeps for later trainings, and a folder for later engines. */
class KeptLatentsTest {

    private static final String TARGET = "krnkmd";

    private static final int ITERATIONS = 3;

    /** Of a training that finds all predictions of the base model: the LoRA, target and kept prompt, both ways. */
    private static final int LEAST_WORK = ITERATIONS * 2 * 3;

    @TempDir
    static Path elsewhere;

    /** The LoRA of an engine without a folder. */
    private static byte[] expected;

    @TempDir
    Path folder;

    private Path cache;

    @BeforeAll
    static void trainWithoutFolder() {
        try (TrainingEngine engine = Tiny.engine()) {
            expected = bytes(engine.train(training(elsewhere, TARGET).build()));
        }
    }

    @BeforeEach
    void nameCache() {
        cache = folder.resolve("cache");
    }

    private static EngineOptions.Builder options() {
        return TestTorch.options();
    }

    private TrainingEngine engineWithFolder() {
        return TrainingEngine.open(options().cacheFolder(cache).build());
    }

    private static TrainingSpec.Builder spec() {
        return Tiny.spec(ITERATIONS)
                .method(Tiny.keeping(new LatentSource.Pool(4, 2, 2, 3)))
                // a finished training would be gone on with, which needs no latents
                .saving(saving -> saving.withStates(StateSpec.off()));
    }

    private static LoraTraining.Builder training(Path output, String target) {
        return Tiny.training(output, spec()).prompts(List.of(Tiny.prompt(target)));
    }

    private TrainedLora train(TrainingEngine engine, String target) {
        return engine.train(training(folder, target).build());
    }

    private static byte[] bytes(TrainedLora lora) {
        try {
            return Files.readAllBytes(lora.file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> keptFiles() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void the_second_training_over_a_pool_needs_less_and_learns_the_same() {
        try (TrainingEngine engine = Tiny.engine()) {
            TrainedLora first = train(engine, "miko");
            TrainedLora second = train(engine, TARGET);

            // at least the pool itself
            assertThat(second.unetSamples()).isLessThanOrEqualTo(first.unetSamples() - 4 * 2 * 2);
            assertThat(bytes(second)).isEqualTo(expected);
        }
    }

    @Test
    void a_later_engine_goes_on_with_what_is_in_the_folder() {
        LoraTraining training = training(folder, TARGET)
                .spec(spec().stopping(stopping -> stopping.withMeasureQuality(true))
                        .build())
                .build();
        TrainedLora first;
        byte[] expectedMeasured;
        try (TrainingEngine engine = engineWithFolder()) {
            first = engine.train(training);
            expectedMeasured = bytes(first);
        }

        try (TrainingEngine engine = engineWithFolder()) {
            TrainedLora second = engine.train(training);
            // measured: the target at the steps of four trajectories, the neutral and the unconditional prompt at
            // eight latents
            assertThat(second.unetSamples())
                    .isEqualTo(LEAST_WORK + 4 * 6 + 8 * 2)
                    .isLessThan(first.unetSamples());
            assertThat(bytes(second)).isEqualTo(expectedMeasured);
            assertThat(second.quality()).isEqualTo(first.quality());
            assertThat(second.warnings()).isEmpty();
        }
    }

    @Test
    void a_training_that_was_suspended_keeps_what_it_has_computed() throws Exception {
        try (TrainingEngine engine = engineWithFolder()) {
            var log = new EventLog();
            TrainingJob job = engine.start(
                    training(folder, TARGET)
                            .spec(spec().iterations(Integer.MAX_VALUE).build())
                            .build(),
                    log);
            log.await(IterationFinished.class);
            job.cancel(CancelMode.SUSPEND);

            assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
            assertThat(keptFiles()).isNotEmpty();
        }
    }

    @Test
    void damaged_files_are_made_anew() throws IOException {
        try (TrainingEngine engine = engineWithFolder()) {
            train(engine, "miko");
        }
        List<Path> files = keptFiles();
        for (int i = 0; i < files.size(); i++) {
            byte[] content = Files.readAllBytes(files.get(i));
            content[content.length - 1 - i] ^= 1;
            Files.write(files.get(i), i % 2 == 0 ? content : new byte[i]);
        }

        try (TrainingEngine engine = engineWithFolder()) {
            assertThat(bytes(train(engine, TARGET))).isEqualTo(expected);
        }
        try (TrainingEngine engine = engineWithFolder()) {
            TrainedLora again = train(engine, TARGET);
            assertThat(again.unetSamples()).isEqualTo(LEAST_WORK);
            assertThat(bytes(again)).isEqualTo(expected);
        }
    }

    @Test
    void a_folder_that_cannot_be_made_fails_no_training() throws IOException {
        Files.writeString(cache, "a file where the folder should be");

        try (TrainingEngine engine = engineWithFolder()) {
            assertThat(bytes(train(engine, TARGET))).isEqualTo(expected);
        }
    }

    @Test
    void a_limit_too_small_for_anything_costs_work_alone() {
        try (TrainingEngine engine =
                TrainingEngine.open(options().cacheFolder(cache).cacheLimit(1).build())) {
            assertThat(bytes(train(engine, TARGET))).isEqualTo(expected);
            assertThat(bytes(train(engine, TARGET))).isEqualTo(expected);
        }
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void other_embeddings_have_predictions_of_their_own() {
        TrainingSpec.Builder skipping = spec().modelUse(use -> use.withClipSkip(2));
        LoraTraining training = training(folder, TARGET).spec(skipping.build()).build();
        byte[] alone;
        try (TrainingEngine engine = Tiny.engine()) {
            alone = bytes(engine.train(training));
        }
        try (TrainingEngine engine = engineWithFolder()) {
            train(engine, TARGET);
            assertThat(bytes(engine.train(training))).isEqualTo(alone).isNotEqualTo(expected);
        }
    }
}
