package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Text encoders and UNet of every family in half precision give what they give in FP32, up to its rounding. */
class HalfPrecisionTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();
    private static final List<String> PROMPTS = List.of("krnkmd", "cat ears, maid");
    private static final int CHANNELS = 4;
    private static final int SIDE = 64;
    private static final double TIMESTEP = 700;

    private record Outputs(NDArray context, NDArray prediction, long weightBytes) {}

    static Stream<Arguments> halves() {
        return Arrays.stream(StableDiffusion.values())
                .flatMap(family -> Stream.of(Precision.FP16, Precision.BF16)
                        .map(precision -> arguments(family, precision, tolerance(precision))));
    }

    /** The largest difference over the largest value; at most 0.0022 and 0.016 were measured on a CPU. */
    private static double tolerance(Precision precision) {
        return precision == Precision.FP16 ? 0.005 : 0.04;
    }

    @ParameterizedTest
    @MethodSource("halves")
    void agrees_with_full_precision(StableDiffusion family, Precision half, double tolerance, @TempDir Path folder) {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Checkpoint.open(SyntheticCheckpoint.write(folder, family))) {
            Outputs expected = run(torch, scope, checkpoint, Precision.FP32);
            Outputs actual = run(torch, scope, checkpoint, half);

            assertThatTensor(actual.context()).isCloseTo(expected.context(), tolerance);
            assertThatTensor(actual.prediction()).isCloseTo(expected.prediction(), tolerance);
            // it was computed in half precision indeed
            assertThat(actual.prediction().toFloatArray())
                    .isNotEqualTo(expected.prediction().toFloatArray());
            assertThat(actual.weightBytes() * 2).isEqualTo(expected.weightBytes());
        }
    }

    private static Outputs run(Torch torch, NDManager scope, Checkpoint checkpoint, Precision precision) {
        List<PromptEmbedding> embeddings = List.copyOf(Families.standard()
                .of(checkpoint)
                .promptEncoder(torch, checkpoint, TOKENIZER, precision, 1)
                .encode(PROMPTS, scope, warning -> {})
                .values());
        var conditioning = Conditioning.batch(scope, embeddings, 1, PictureSize.uncropped(SIDE, SIDE));
        var shape = new Shape(PROMPTS.size(), CHANNELS, SIDE / 8, SIDE / 8);
        NDArray latents = scope.create(new TorchGenerator(0).normal(Math.toIntExact(shape.size())), shape);
        long bytesBefore = torch.nativeUse().bytes();
        try (UNet unet = UNet.load(torch, checkpoint, precision)) {
            long weightBytes = torch.nativeUse().bytes() - bytesBefore;
            NDArray prediction = unet.predict(scope, latents, TIMESTEP, conditioning, 0);
            return new Outputs(conditioning.context(), prediction, weightBytes);
        }
    }
}
