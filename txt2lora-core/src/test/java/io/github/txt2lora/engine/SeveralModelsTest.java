package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Resume;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.Bfloat16Copy;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.testing.EventLog;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** LoRAs that are trained on several models in turn. */
@Timeout(120)
class SeveralModelsTest {

    /** More than one turn of each of two models. */
    private static final int ITERATIONS = 12;

    @TempDir
    static Path models;

    private static Path other;
    private static TrainingEngine engine;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        engine = Tiny.engine();
        other = Bfloat16Copy.writeWidened(Tiny.modelFile(), models.resolve("other.safetensors"), tensor -> true);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static TrainingSpec.Builder spec(int iterations) {
        return Tiny.spec(iterations)
                .method(Tiny.keeping(new LatentSource.Noise(2, 700)))
                .optimizer(OptimizerSpec.sgd())
                .learningRate(0.01);
    }

    private LoraTraining training(String output, TrainingSpec.Builder spec, Path... alsoOn) {
        return Tiny.training(folder.resolve(output), spec)
                .alsoOn(List.of(alsoOn).stream().map(ModelSource::file).toList())
                .build();
    }

    @Test
    void learns_from_each_model_and_resumes_and_shares_calls_with_others() throws Exception {
        var log = new EventLog();
        TrainedLora whole = engine.train(training("whole", spec(ITERATIONS), other), log);
        log.await(TrainingFinished.class);

        assertThat(log.events(ModelLoaded.class).stream().map(ModelLoaded::model))
                .containsExactlyInAnyOrder("sd1-tiny.safetensors", "other.safetensors");
        assertThat(whole.metadata())
                .containsEntry("ss_sd_model_name", "sd1-tiny.safetensors")
                .hasEntrySatisfying(
                        "txt2lora.models",
                        text -> assertThat(text)
                                .containsSubsequence("sd1-tiny.safetensors", "sha256", "other.safetensors", "sha256"));
        List<Double> onOne = engine.train(training("one", spec(ITERATIONS))).losses();
        assertThat(whole.losses().subList(0, 5)).isEqualTo(onOne.subList(0, 5));
        assertThat(whole.losses().get(5)).isNotEqualTo(onOne.get(5));

        engine.train(training("resumed", spec(7), other));
        var resumed = new EventLog();
        TrainedLora rest = engine.train(training("resumed", spec(ITERATIONS), other), resumed);
        resumed.await(TrainingFinished.class);
        assertThat(resumed.events(StateRestored.class))
                .singleElement()
                .satisfies(event -> assertThat(event.iteration()).isEqualTo(7));
        assertThat(rest.file()).hasSameBinaryContentAs(whole.file());

        // one of them is ahead of the other, on another model
        engine.train(training("ahead", spec(7), other));
        List<TrainingJob> jobs = engine.startTogether(
                List.of(training("ahead", spec(ITERATIONS), other), training("beside", spec(ITERATIONS), other)),
                training -> new EventLog());
        for (TrainingJob job : jobs) {
            List<Double> losses = job.await().losses();
            for (int i = 0; i < losses.size(); i++) {
                assertThat(losses.get(i)).isCloseTo(whole.losses().get(i), withinPercentage(0.1));
            }
        }
    }

    @Test
    void a_state_on_other_models_or_in_another_order_is_of_another_training() {
        engine.train(training("out", spec(1), other));
        TrainingSpec.Builder required =
                spec(2).saving(saving -> saving.withStates(saving.states().withResume(Resume.REQUIRED)));
        LoraTraining swapped = training("out", required).toBuilder()
                .model(ModelSource.file(other))
                .alsoOn(ModelSource.file(Tiny.modelFile()))
                .build();

        assertThatThrownBy(() -> engine.train(swapped))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("model 2 is ");
        assertThatThrownBy(() -> engine.train(training("out", required)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("model 2 is absent");
    }

    @Test
    void one_model_in_memory_at_a_time_predicts_the_same_as_all() {
        try (Torch torch = TestTorch.start();
                var kept = new BaseModels(torch, Families.standard());
                Checkpoint first = Checkpoint.open(Tiny.modelFile());
                Checkpoint second = Checkpoint.open(other)) {
            List<Checkpoint> checkpoints = List.of(first, second);
            List<Denoiser> all = kept.denoisers(checkpoints, Precision.FP32, false, false);
            List<float[]> expected = weights(torch, all);
            assertThat(torch.nativeUse().modules()).isEqualTo(2);

            List<Denoiser> inTurn = kept.denoisers(checkpoints, Precision.FP32, true, false);
            List<float[]> found = weights(torch, inTurn);

            assertThat(found).usingRecursiveComparison().isEqualTo(expected);
            assertThat(expected.get(0)).isNotEqualTo(expected.get(1));
            assertThat(torch.nativeUse().modules()).isEqualTo(1);
            assertThat(kept.holds(checkpoints, Precision.FP32)).isTrue();
            assertThat(kept.holds(List.of(second, first), Precision.FP32)).isFalse();
        }
    }

    /** Twice, so that each comes back. */
    private static List<float[]> weights(Torch torch, List<Denoiser> denoisers) {
        try (NDManager scope = torch.newScope()) {
            return List.of(
                    weight(scope, denoisers.get(0)),
                    weight(scope, denoisers.get(1)),
                    weight(scope, denoisers.get(0)),
                    weight(scope, denoisers.get(1)));
        }
    }

    private static float[] weight(NDManager scope, Denoiser denoiser) {
        return HostNumbers.floats(denoiser.weight(scope, "conv_in"));
    }

    @Test
    void a_model_that_changes_between_its_turns_ends_the_training() throws IOException {
        Path changing = Files.copy(other, folder.resolve("changing.safetensors"));
        try (Torch torch = TestTorch.start();
                var kept = new BaseModels(torch, Families.standard());
                Checkpoint first = Checkpoint.open(Tiny.modelFile());
                Checkpoint second = Checkpoint.open(changing)) {
            List<Denoiser> inTurn = kept.denoisers(List.of(first, second), Precision.FP32, true, false);
            weights(torch, inTurn);
            try (NDManager scope = torch.newScope()) {
                weight(scope, inTurn.get(0));
                Files.setLastModifiedTime(changing, FileTime.fromMillis(0));

                assertThatThrownBy(() -> weight(scope, inTurn.get(1)))
                        .isInstanceOf(Txt2LoraException.class)
                        .hasMessageContaining("was changed while it was read");
            }
        }
    }

    @Test
    void rejects_models_that_one_lora_does_not_fit_before_anything_is_loaded() throws IOException {
        Path copy = Files.copy(Tiny.modelFile(), folder.resolve("copy.safetensors"));
        Path sd2 = SyntheticCheckpoint.write(folder.resolve("sd2"), StableDiffusion.SD2);
        Path smaller = SyntheticCheckpoint.write(folder.resolve("smaller"), StableDiffusion.SD1);
        assertRejected(ModelSource.folder(sd2), "is Stable Diffusion 2.x; expected Stable Diffusion 1.x");
        assertRejected(ModelSource.folder(smaller), "weight");
        assertRejected(ModelSource.file(copy), "has the weights of ");
        assertRejected(ModelSource.file(folder.resolve("missing.safetensors")), "missing.safetensors");
    }

    private void assertRejected(ModelSource model, String message) {
        LoraTraining training =
                Tiny.training(folder.resolve("none"), spec(1)).alsoOn(model).build();
        var log = new EventLog();

        assertThatThrownBy(() -> engine.train(training, log))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> engine.estimate(training, 1))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining(message);
        assertThat(log.events(ModelLoaded.class)).isEmpty();
        assertThat(training.loraFile()).doesNotExist();
    }
}
