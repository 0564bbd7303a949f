package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.golden.GoldenFile;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
@Tag("djl")
class VaeParityTest {

    private static final double TOLERANCE = 1e-4;

    @TestFactory
    Stream<DynamicTest> encodes_and_decodes_as_diffusers_does() {
        return GoldenCases.each("vae", GoldenCases.files("vae", ".safetensors"), VaeParityTest::compare);
    }

    private static void compare(Path file) {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                GoldenFile recorded = GoldenFile.open(file);
                Checkpoint checkpoint = GoldenCheckpoints.open(GoldenCases.name(file, ".safetensors"));
                Vae vae = Vae.load(torch, checkpoint, Precision.FP32)) {
            for (String name : recorded.names()) {
                if (name.endsWith("decoded")) {
                    String latents = name.replace("decoded", "latents");
                    assertThatTensor(vae.decode(scope, recorded.array(scope, latents)))
                            .as(name)
                            .isCloseTo(recorded.view(name), TOLERANCE);
                }
            }
            Vae.Posterior posterior = vae.encode(scope, recorded.array(scope, "image"));
            assertThatTensor(posterior.mean()).as("mean").isCloseTo(recorded.view("mean"), TOLERANCE);
            assertThatTensor(posterior.logVariance()).as("logvar").isCloseTo(recorded.view("logvar"), TOLERANCE);
            assertThatTensor(posterior.sample(recorded.array(scope, "noise")))
                    .as("sample")
                    .isCloseTo(recorded.view("sample"), TOLERANCE);
        }
    }
}
