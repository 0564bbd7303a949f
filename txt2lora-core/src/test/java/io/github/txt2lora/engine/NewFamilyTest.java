package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CancelMode;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.checkpoint.TinyFlowFormat;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.family.TinyFlowProfile;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.image.PromptSyntax;
import io.github.txt2lora.lora.LoraAdapter;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.TinyTransformerRules;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.testing.EventLog;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A family that the engine has never seen, a transformer with flow matching in three files, does all that Stable Diffusion
 * does, once its profile is handed over.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class NewFamilyTest {

    private static final Families FAMILIES = Families.standard().with(new TinyFlowProfile());
    private static final int SIDE = 32;
    private static final int ITERATIONS = 6;

    private static Path model;
    private static TrainingEngine engine;

    @TempDir
    Path folder;

    private final EventLog log = new EventLog();

    @BeforeAll
    static void open(@TempDir Path models) {
        model = TinyFlowFormat.write(models.resolve("tiny-flow"));
        engine = new DjlTrainingEngine(TestTorch.options().build(), FAMILIES);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static PromptPair.Builder pair(String target) {
        return PromptPair.enhance(target)
                .positive("cat ears, maid")
                .neutral("1girl")
                .resolution(SIDE);
    }

    private LoraTraining.Builder training(TrainingSpec.Builder spec) {
        return LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.folder(model))
                .prompt(pair("krnkmd").build())
                .spec(spec.build())
                .output(folder);
    }

    private static ImageRequest.Builder picture() {
        return ImageRequest.builder()
                .model(ModelSource.folder(model))
                .prompt("krnkmd")
                .width(SIDE)
                .height(2 * SIDE)
                .steps(3);
    }

    private static int[] pixels(ImageRequest request) {
        return engine.generate(request).get(0).image().getRGB(0, 0, SIDE, 2 * SIDE, null, 0, SIDE);
    }

    private static double mean(List<Double> losses) {
        return losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    @Test
    void trains_to_a_smaller_loss_and_to_the_same_bytes_each_time() throws IOException {
        TrainingSpec spec = Tiny.spec(40)
                .learningRate(1e-2)
                .stopping(stopping -> stopping.withMeasureQuality(true))
                .build();
        TrainedLora lora = Txt2Lora.builder()
                .name("krnkmd")
                .model(ModelSource.folder(model))
                .prompt(pair("krnkmd").build())
                .training(spec)
                .output(folder)
                .engine(engine)
                .build()
                .train();
        TrainedLora again = engine.train(
                training(spec.toBuilder()).output(folder.resolve("again")).build());

        assertThat(mean(lora.losses().subList(30, 40)))
                .isLessThan(0.5 * mean(lora.losses().subList(0, 10)));
        assertThat(lora.quality().orElseThrow().gap()).isLessThan(0.5);
        assertThat(Files.readAllBytes(again.file())).isEqualTo(Files.readAllBytes(lora.file()));
        assertThat(lora.metadata())
                .containsEntry("ss_base_model_version", "tiny_flow")
                .containsEntry("modelspec.architecture", "tiny-flow/lora");
    }

    /** All sources of latents, prompts to keep, a weighted loss, and what is measured on the way. */
    private TrainingSpec.Builder everything() {
        return Tiny.spec(ITERATIONS)
                .method(Tiny.keeping(LatentSource.mixture(
                                new LatentSource.Pool(4, 2, 2, 3).weighing(1),
                                LatentSource.noise().weighing(1),
                                LatentSource.shortRollout(2).weighing(1),
                                LatentSource.reusedRollout(2).weighing(1)))
                        .withLossWeighting(LossWeighting.minSnr()))
                .learningRate(1e-2)
                .stopping(stopping -> stopping.withMeasureQuality(true))
                .saving(saving -> saving.withStates(StateSpec.everyIterations(2)));
    }

    @Test
    void a_training_that_is_cancelled_goes_on_to_the_same_bytes() throws Exception {
        LoraTraining training = training(everything()).build();
        TrainedLora expected = engine.train(
                training.toBuilder().output(folder.resolve("uninterrupted")).build());
        cancelAfterThree(training);
        assertThat(training.loraFile()).doesNotExist();

        TrainedLora lora = engine.train(training, log);
        log.await(TrainingFinished.class);

        assertThat(log.events(StateRestored.class))
                .singleElement()
                .satisfies(event -> assertThat(event.iteration()).isBetween(3, ITERATIONS - 1));
        assertThat(lora.losses()).isEqualTo(expected.losses());
        assertThat(lora.file()).hasSameBinaryContentAs(expected.file());
    }

    private void cancelAfterThree(LoraTraining training) throws InterruptedException {
        var job = new AtomicReference<TrainingJob>();
        var stop = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                if (event.iteration() >= 3) {
                    job.get().cancel(CancelMode.SUSPEND);
                } else {
                    job.get().resume();
                    job.get().pause();
                }
            }

            @Override
            public void onPaused(TrainingPaused event) {
                job.get().resume();
            }
        };
        var hold = new Held(engine, folder.resolve("hold"));
        job.set(engine.start(training, stop));
        hold.release();
        assertThatThrownBy(() -> job.get().await()).isInstanceOf(TrainingCancelledException.class);
    }

    @Test
    void draws_with_and_without_its_lora() {
        TrainedLora lora =
                engine.train(training(Tiny.spec(4).learningRate(1e-2)).build());
        ImageRequest plain = picture().build();
        ImageRequest withLora = plain.toBuilder().lora(lora.file(), 1).build();

        assertThat(pixels(plain)).isEqualTo(pixels(plain)).isNotEqualTo(pixels(withLora));
        assertThat(pixels(plain.toBuilder().lora(lora.file(), 0).build())).isEqualTo(pixels(plain));
        assertThat(pixels(plain)).isNotEqualTo(pixels(plain.toBuilder().seed(1).build()));
        assertThat(pixels(plain.toBuilder()
                        .promptSyntax(PromptSyntax.WEB_UI)
                        .prompt("(krnkmd:1.3)")
                        .build()))
                .isNotEqualTo(pixels(plain));
    }

    @Test
    void its_lora_file_has_its_own_names_and_is_read_back() {
        LoraSpec spec =
                LoraSpec.builder().rank(4).alpha(2).target(LoraTarget.FULL).build();
        TrainedLora lora = engine.train(
                training(Tiny.spec(2).learningRate(1e-2).lora(spec)).build());

        try (SafetensorsFile file = SafetensorsFile.open(lora.file());
                Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            assertThat(file.byName().keySet())
                    .hasSize(2 * 2 * 6)
                    .allMatch(key -> key.matches("diffusion_model\\.blocks\\.[01]\\.(self_attn\\.[qkvo]_proj"
                            + "|mlp\\.(up|down))\\.lora_[AB]\\.weight"));
            LoraParameters loaded = LoraAdapter.load(
                            scope, List.of(new LoraWeight(lora.file(), 1)), new TinyTransformerRules(), weightShapes())
                    .orElseThrow();
            float[] values = HostNumbers.floats(loaded.vector());
            for (LoraParameters.Slot slot : loaded.slots()) {
                String module = "diffusion_model." + slot.module().name();
                // alpha / rank is in up already
                assertThat(slot.scale()).isEqualTo(1);
                assertThat(part(values, slot.upOffset(), slot.upSize()))
                        .isEqualTo(file.tensor(module + ".lora_B.weight").toFloats());
                assertThat(part(values, slot.downOffset(), slot.downSize()))
                        .isEqualTo(file.tensor(module + ".lora_A.weight").toFloats());
            }
        }
    }

    /** The first step of AdamW moves all numbers alike, whatever alpha is. */
    @Test
    void alpha_is_folded_into_its_lora_file() {
        Map<String, float[]> half = upAfterOneStep(2);
        Map<String, float[]> whole = upAfterOneStep(4);

        half.forEach((name, up) -> {
            float[] twice = Objects.requireNonNull(whole.get(name));
            for (int i = 0; i < up.length; i++) {
                assertThat(2 * up[i]).isCloseTo(twice[i], within(1e-3f));
            }
            assertThat(largest(twice)).isCloseTo(0.01f, within(1e-3f));
        });
    }

    private Map<String, float[]> upAfterOneStep(double alpha) {
        LoraSpec spec =
                LoraSpec.builder().rank(4).alpha(alpha).target(LoraTarget.FULL).build();
        TrainedLora lora = engine.train(training(Tiny.spec(1).learningRate(1e-2).lora(spec))
                .output(folder.resolve("alpha" + alpha))
                .build());
        Map<String, float[]> ups = new LinkedHashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            file.byName().forEach((name, tensor) -> {
                if (name.endsWith(".lora_B.weight")) {
                    ups.put(name, tensor.toFloats());
                }
            });
        }
        return ups;
    }

    @Test
    void its_lora_file_keeps_its_names_when_it_is_resized() {
        TrainedLora lora =
                engine.train(training(Tiny.spec(2).learningRate(1e-2)).build());
        Path smaller = folder.resolve("smaller.safetensors");

        LoraOperations.open().resize(lora.file(), smaller, ResizeSpec.toRank(2));

        try (SafetensorsFile before = SafetensorsFile.open(lora.file());
                SafetensorsFile after = SafetensorsFile.open(smaller)) {
            assertThat(after.byName().keySet()).isEqualTo(before.byName().keySet());
        }
        assertThat(pixels(picture().lora(smaller, 1).build()))
                .isNotEqualTo(pixels(picture().build()));
    }

    @Test
    void several_are_trained_together_as_alone() {
        List<LoraTraining> trainings = List.of(
                training(Tiny.spec(3).learningRate(1e-2)).name("one").build(),
                training(Tiny.spec(3).learningRate(1e-2).seed(1)).name("two").build());
        List<TrainedLora> alone = trainings.stream()
                .map(training -> engine.train(
                        training.toBuilder().output(folder.resolve("alone")).build()))
                .toList();
        List<TrainedLora> together = engine.startTogether(trainings, training -> new TrainingListener() {}).stream()
                .map(NewFamilyTest::await)
                .toList();

        for (int i = 0; i < together.size(); i++) {
            List<Double> expected = alone.get(i).losses();
            List<Double> actual = together.get(i).losses();
            for (int k = 0; k < expected.size(); k++) {
                assertThat(actual.get(k)).isCloseTo(expected.get(k), within(1e-4));
            }
        }
    }

    private static TrainedLora await(TrainingJob job) {
        try {
            return job.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_start_in_closed_form_gives_way_where_there_is_no_cross_attention() {
        TrainedLora lora =
                engine.train(training(Tiny.spec(1).method(TrainingMethod.leco().withStart(LoraStart.CLOSED_FORM)))
                        .build());

        assertThat(lora.warnings())
                .containsExactly("Tiny Flow has no cross-attention with keys and values of its own, which a start in"
                        + " closed form changes; it starts at zero");
    }

    @Test
    void refuses_what_the_family_does_not_have() {
        assertThatThrownBy(() -> engine.train(training(Tiny.spec(1))
                        .prompts(List.of(pair("krnkmd").resolution(SIDE + 8).build()))
                        .build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("resolution is 40; expected a multiple of 16 for Tiny Flow");
        assertThatThrownBy(() -> engine.generate(picture().width(SIDE + 8).build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("width is 40; expected a multiple of 16 for Tiny Flow");
        LoraSpec crossAttention = LoraSpec.builder().target(LoraTarget.XATTN).build();
        assertThatThrownBy(() ->
                        engine.train(training(Tiny.spec(1).lora(crossAttention)).build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("matches no layer of this transformer");
    }

    @Test
    void is_estimated() {
        assertThat(engine.estimate(training(Tiny.spec(1)).build(), 1).family()).isEqualTo("Tiny Flow");
    }

    private static Map<String, List<Long>> weightShapes() {
        try (Checkpoint checkpoint = FAMILIES.open(model)) {
            Map<String, List<Long>> shapes = new LinkedHashMap<>();
            for (Map.Entry<String, TensorView> tensor :
                    checkpoint.tensors(Component.TRANSFORMER).entrySet()) {
                shapes.put(tensor.getKey(), tensor.getValue().shape());
            }
            return shapes;
        }
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static float[] part(float[] values, int from, int size) {
        return Arrays.copyOfRange(values, from, from + size);
    }
}
