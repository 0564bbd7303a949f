package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.golden.GoldenFile;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.lora.LoraAdapter;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
@Tag("djl")
class UNetParityTest {

    private static final double TOLERANCE = 1e-4;
    private static final Pattern LORA_OUTPUT = Pattern.compile("(.+)\\.lora(-?[0-9.]+)\\.output");

    @TestFactory
    Stream<DynamicTest> outputs_and_blocks_agree_with_diffusers() {
        return GoldenCases.each("unet", recordings(), file -> compare(file, this::compareBlocks));
    }

    @TestFactory
    Stream<DynamicTest> outputs_with_a_lora_agree_with_diffusers() {
        return GoldenCases.each("unet with a LoRA", recordings(), file -> compare(file, this::compareLora));
    }

    private static List<Path> recordings() {
        return GoldenCases.files("unet", ".safetensors").stream()
                .filter(file -> !file.toString().endsWith(".lora.safetensors"))
                .toList();
    }

    private interface Comparison {
        void run(String model, NDManager scope, UNet unet, GoldenFile recorded);
    }

    private static void compare(Path file, Comparison comparison) {
        String model = GoldenCases.name(file, ".safetensors");
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                GoldenFile recorded = GoldenFile.open(file);
                Checkpoint checkpoint = GoldenCheckpoints.open(model);
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32)) {
            comparison.run(model, scope, unet, recorded);
        }
    }

    private void compareBlocks(String model, NDManager scope, UNet unet, GoldenFile recorded) {
        List<String> cases = recorded.names().stream()
                .filter(name -> name.endsWith(".sample"))
                .map(name -> name.substring(0, name.length() - ".sample".length()))
                .toList();
        assertThat(cases).isNotEmpty();
        for (String name : cases) {
            Map<String, NDArray> blocks = blocks(scope, unet, recorded, name, 0);
            assertThat(blocks).containsKey("output");
            blocks.forEach((block, actual) -> {
                String key = name + "." + block;
                if (recorded.has(key)) {
                    assertThatTensor(actual).as(key).isCloseTo(recorded.view(key), TOLERANCE);
                }
            });
            assertThat(recorded.names().stream()
                            .filter(key -> key.startsWith(name + "."))
                            .map(key -> key.substring(name.length() + 1))
                            .filter(key -> !key.equals("sample") && !key.equals("timesteps") && !key.startsWith("lora"))
                            .toList())
                    .as("every recorded block of case %s is compared", name)
                    .isSubsetOf(blocks.keySet());
        }
    }

    private void compareLora(String model, NDManager scope, UNet unet, GoldenFile recorded) {
        Path lora = Golden.file("unet/" + model + ".lora.safetensors");
        List<Matcher> outputs = recorded.names().stream()
                .map(LORA_OUTPUT::matcher)
                .filter(Matcher::matches)
                .toList();
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(lora) && !outputs.isEmpty());
        LoraAdapter.load(scope, List.of(new LoraWeight(lora, 1)), new UNetLoraRules(), unet.weightShapes())
                .orElseThrow()
                .attachTo(unet, scope);
        for (Matcher output : outputs) {
            double strength = Double.parseDouble(output.group(2));
            NDArray actual =
                    blocks(scope, unet, recorded, output.group(1), strength).get("output");
            assertThatTensor(actual).as(output.group()).isCloseTo(recorded.view(output.group()), TOLERANCE);
        }
    }

    private static Map<String, NDArray> blocks(
            NDManager scope, UNet unet, GoldenFile recorded, String name, double strength) {
        NDArray sample = recorded.array(scope, name + ".sample");
        long batch = sample.getShape().get(0);
        var conditioning = new Conditioning(
                recorded.rows(scope, "encoder_hidden_states", batch),
                rowsIfAny(scope, recorded, "text_embeds", batch),
                rowsIfAny(scope, recorded, "time_ids", batch));
        return unet.blocks(scope, sample, recorded.array(scope, name + ".timesteps"), conditioning, strength);
    }

    private static @Nullable NDArray rowsIfAny(NDManager scope, GoldenFile recorded, String name, long rows) {
        return recorded.has(name) ? recorded.rows(scope, name, rows) : null;
    }
}
