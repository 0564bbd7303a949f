package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every family trains a LoRA and draws with it. */
class FamiliesTest {

    private static final int SIDE = 64;

    /** The loss is the square of a small difference of predictions, in which their rounding counts for much. */
    private static final double LOSS_TOLERANCE_PERCENT = 10;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private Path model(StableDiffusion family) {
        return SyntheticCheckpoint.write(folder.resolve("model"), family);
    }

    private TrainedLora train(Path model, TrainingSpec.Builder spec, boolean dynamicCrops) {
        return engine.train(LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.folder(model))
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("cat ears, maid")
                        .neutral("1girl")
                        .resolution(SIDE)
                        .batchSize(2)
                        .dynamicCrops(dynamicCrops)
                        .build())
                .spec(spec.iterations(2)
                        .method(method -> method.withRollout(rollout -> rollout.withSteps(3)))
                        .learningRate(1e-2)
                        .saving(saving -> saving.withStates(StateSpec.off()))
                        .build())
                .output(folder)
                .build());
    }

    private static ImageRequest.Builder picture(ModelSource model) {
        return ImageRequest.builder()
                .model(model)
                .prompt("krnkmd")
                .negativePrompt("lowres")
                .width(SIDE)
                .height(SIDE)
                .steps(2);
    }

    private static int[] pixels(ImageRequest request) {
        List<GeneratedImage> images = engine.generate(request);
        assertThat(images).hasSize(1);
        return images.get(0).image().getRGB(0, 0, SIDE, SIDE, null, 0, SIDE);
    }

    @ParameterizedTest
    @EnumSource(StableDiffusion.class)
    void trains_and_draws_with_the_lora(StableDiffusion family) {
        Path model = model(family);
        TrainedLora lora = train(
                model, TrainingSpec.leco().modelUse(use -> use.withPredictionType(PredictionType.EPSILON)), false);

        assertThat(lora.losses()).hasSize(2).allMatch(loss -> loss > 0);
        assertThat(lora.warnings()).isEmpty();
        ImageRequest plain = picture(ModelSource.folder(model))
                .modelUse(use -> use.withPredictionType(PredictionType.EPSILON))
                .build();
        ImageRequest withLora = plain.toBuilder().lora(lora.file(), 1).build();
        assertThat(pixels(withLora)).isNotEqualTo(pixels(plain));
    }

    @ParameterizedTest
    @EnumSource(StableDiffusion.class)
    void trains_in_half_precision_much_as_in_full(StableDiffusion family) {
        Path model = model(family);
        // without rollouts, since processors compute slowly in FP16
        var spec = TrainingSpec.leco()
                .method(TrainingMethod.leco().withLatents(new LatentSource.Noise(2, 0)))
                .modelUse(use -> use.withPredictionType(PredictionType.EPSILON));
        List<Double> expected = train(model, spec, false).losses();
        for (Precision half : List.of(Precision.FP16, Precision.BF16)) {
            TrainedLora lora = train(model, spec.modelUse(use -> use.withPrecision(half)), false);

            assertThat(lora.warnings()).isEmpty();
            assertThat(lora.losses()).hasSameSizeAs(expected).isNotEqualTo(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(lora.losses().get(i))
                        .as("%s, iteration %d", half, i)
                        .isCloseTo(expected.get(i), withinPercentage(LOSS_TOLERANCE_PERCENT));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StableDiffusion.class)
    void metadata_names_the_family_and_what_it_predicts(StableDiffusion family) {
        var spec = TrainingSpec.leco()
                .modelUse(use ->
                        use.withPredictionType(PredictionType.V_PREDICTION).withTerminalSnr(TerminalSnr.ZERO));
        TrainedLora lora = train(model(family), spec, false);

        assertThat(lora.metadata())
                .containsAllEntriesOf(
                        switch (family) {
                            case SD1 ->
                                Map.of(
                                        "ss_base_model_version", "sd_v1_v",
                                        "ss_v2", "False",
                                        "modelspec.architecture", "stable-diffusion-v1/lora");
                            case SD2 ->
                                Map.of(
                                        "ss_base_model_version", "sd_v2_v",
                                        "ss_v2", "True",
                                        "modelspec.architecture", "stable-diffusion-v2-768-v/lora");
                            case SDXL ->
                                Map.of(
                                        "ss_base_model_version", "sdxl_base_v1-0",
                                        "ss_v2", "False",
                                        "modelspec.architecture", "stable-diffusion-xl-v1-base/lora");
                        })
                .containsEntry("modelspec.prediction_type", "v")
                .containsEntry("ss_zero_terminal_snr", "True");
    }

    @Test
    void a_guess_of_what_sd2_predicts_is_reported() {
        assertThat(train(model(StableDiffusion.SD2), TrainingSpec.leco(), false).warnings())
                .singleElement()
                .asString()
                .contains("assumed EPSILON");
    }

    @Test
    void what_the_model_predicts_changes_the_picture() {
        ImageRequest.Builder request = picture(ModelSource.folder(model(StableDiffusion.SDXL)));
        int[] epsilon = pixels(request.build());
        int[] velocity = pixels(request.modelUse(use -> use.withPredictionType(PredictionType.V_PREDICTION))
                .build());
        int[] zeroTerminalSnr = pixels(
                request.modelUse(use -> use.withTerminalSnr(TerminalSnr.ZERO)).build());

        assertThat(velocity).isNotEqualTo(epsilon);
        assertThat(zeroTerminalSnr).isNotEqualTo(velocity);
    }

    @ParameterizedTest
    @EnumSource(StableDiffusion.class)
    void only_sdxl_tells_no_negative_prompt_from_one_without_words(StableDiffusion family) {
        ImageRequest.Builder request = picture(ModelSource.folder(model(family)))
                .modelUse(use -> use.withPredictionType(PredictionType.EPSILON));
        int[] none = pixels(request.negativePrompt("").build());
        int[] withoutWords = pixels(request.negativePrompt(" ").build());

        assertThat(Arrays.equals(none, withoutWords)).isEqualTo(family != StableDiffusion.SDXL);
    }

    @Test
    void crops_change_what_sdxl_learns() {
        Path model = model(StableDiffusion.SDXL);
        TrainedLora uncropped = train(model, TrainingSpec.leco(), false);
        TrainedLora cropped = train(model, TrainingSpec.leco(), true);

        assertThat(cropped.warnings()).isEmpty();
        assertThat(cropped.losses()).isNotEqualTo(uncropped.losses());
    }

    @Test
    void crops_for_a_family_that_is_not_told_of_them_are_reported() {
        assertThat(train(model(StableDiffusion.SD1), TrainingSpec.leco(), true).warnings())
                .singleElement()
                .asString()
                .contains("dynamicCrops is on", "only SDXL");
    }

    @ParameterizedTest
    @EnumSource(StableDiffusion.class)
    void rejects_a_clip_skip_that_leaves_no_layer(StableDiffusion family) {
        Path model = model(family);
        int most = family == StableDiffusion.SDXL ? 1 : 2;
        assertThatThrownBy(() -> train(model, TrainingSpec.leco().modelUse(use -> use.withClipSkip(most + 1)), false))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("clipSkip is " + (most + 1) + "; expected a number from 1 to " + most);
    }

    @Tag("parity")
    @TestFactory
    Stream<DynamicTest> recorded_checkpoints_train_and_draw() {
        List<Path> models = GoldenCases.files("checkpoints", "").stream()
                .filter(path -> Files.isRegularFile(path)
                        || Files.exists(path.resolve("unet/diffusion_pytorch_model.safetensors")))
                .toList();
        return GoldenCases.each("checkpoints", models, path -> {
            ModelSource model = Files.isDirectory(path) ? ModelSource.folder(path) : ModelSource.file(path);
            PredictionType prediction;
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                prediction = checkpoint.family() == StableDiffusion.SD2
                        ? PredictionType.V_PREDICTION
                        : PredictionType.FROM_MODEL;
            }
            TrainedLora lora = engine.train(LoraTraining.builder()
                    .name("krnkmd")
                    .model(model)
                    .prompt(PromptPair.enhance("krnkmd")
                            .positive("maid")
                            .resolution(SIDE)
                            .build())
                    .spec(TrainingSpec.leco()
                            .iterations(2)
                            .method(method -> method.withRollout(rollout -> rollout.withSteps(3)))
                            .modelUse(use -> use.withPredictionType(prediction))
                            .build())
                    .output(folder)
                    .build());
            assertThat(lora.losses()).hasSize(2).allMatch(loss -> loss > 0);
            assertThat(pixels(picture(model)
                            .modelUse(use -> use.withPredictionType(prediction))
                            .lora(lora.file(), 1)
                            .build()))
                    .hasSize(SIDE * SIDE);
        });
    }
}
