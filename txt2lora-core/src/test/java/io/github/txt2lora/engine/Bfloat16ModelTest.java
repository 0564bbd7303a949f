package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Bfloat16Copy;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.image.ImageRequest;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model in bfloat16 does, bit for bit, what the same numbers in float32 do. */
class Bfloat16ModelTest {

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private enum Part {
        EVERYTHING,
        ONE_TENSOR,
        VECTORS,
        TEXT_ENCODERS,
        EVERY_SECOND;

        boolean has(TensorView tensor) {
            return switch (this) {
                case EVERYTHING -> true;
                case ONE_TENSOR -> tensor.name().equals("down_blocks.0.resnets.0.conv1.weight");
                case VECTORS -> tensor.shape().size() == 1;
                case TEXT_ENCODERS -> tensor.name().startsWith("text_");
                case EVERY_SECOND -> tensor.name().hashCode() % 2 == 0;
            };
        }
    }

    /** Every part of the family with two text encoders, and all of the others. */
    private static Stream<Arguments> models() {
        return Stream.concat(
                Stream.of(Part.values()).map(part -> Arguments.of(StableDiffusion.SDXL, part)),
                Stream.of(StableDiffusion.SD1, StableDiffusion.SD2)
                        .map(family -> Arguments.of(family, Part.EVERYTHING)));
    }

    private LoraTraining training(ModelSource model, Path output, TrainingSpec.Builder spec) {
        return Tiny.training(output, spec.modelUse(use -> use.withPredictionType(PredictionType.EPSILON)))
                .model(model)
                .build();
    }

    private static int[] picture(ModelSource model, TrainedLora lora) {
        ImageRequest request = Tiny.picture()
                .model(model)
                .modelUse(use -> use.withPredictionType(PredictionType.EPSILON))
                .lora(lora.file(), 1)
                .build();
        return engine.generate(request).get(0).image().getRGB(0, 0, 64, 64, null, 0, 64);
    }

    private void assertDoTheSame(ModelSource bfloat16, ModelSource widened) {
        var spec =
                Tiny.spec(2).method(Tiny.keeping(new LatentSource.Noise(1, 0))).learningRate(1e-2);
        TrainedLora expected = engine.train(training(widened, folder.resolve("expected"), spec));
        TrainedLora actual = engine.train(training(bfloat16, folder.resolve("actual"), spec));

        assertThat(actual.losses()).isEqualTo(expected.losses()).allMatch(loss -> loss > 0);
        assertThat(picture(bfloat16, actual)).isEqualTo(picture(widened, expected));
    }

    @ParameterizedTest
    @MethodSource("models")
    void trains_and_draws_as_with_the_same_numbers_in_float32(StableDiffusion family, Part part) {
        Path model = SyntheticCheckpoint.write(folder.resolve("model"), family);
        assertDoTheSame(
                ModelSource.folder(Bfloat16Copy.write(model, folder.resolve("bf16"), part::has)),
                ModelSource.folder(Bfloat16Copy.writeWidened(model, folder.resolve("widened"), part::has)));
    }

    @Test
    void a_single_file_trains_and_draws_too() {
        assertDoTheSame(
                ModelSource.file(
                        Bfloat16Copy.write(Tiny.modelFile(), folder.resolve("bf16.safetensors"), tensor -> true)),
                ModelSource.file(Bfloat16Copy.writeWidened(
                        Tiny.modelFile(), folder.resolve("widened.safetensors"), tensor -> true)));
    }

    @ParameterizedTest
    @EnumSource
    void every_precision_takes_it(Precision precision) {
        ModelSource model = ModelSource.file(
                Bfloat16Copy.write(Tiny.modelFile(), folder.resolve("bf16.safetensors"), tensor -> true));
        TrainedLora lora = engine.train(training(
                model,
                folder,
                Tiny.spec(2)
                        .method(Tiny.keeping(new LatentSource.Noise(1, 0)))
                        .modelUse(use -> use.withPrecision(precision))));
        assertThat(lora.losses()).hasSize(2).allMatch(loss -> loss > 0);
    }
}
