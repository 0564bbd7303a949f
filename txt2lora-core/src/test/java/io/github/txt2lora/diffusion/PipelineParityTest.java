package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.golden.GoldenFile;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.lora.LoraAdapter;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
class PipelineParityTest {

    private static final double TOLERANCE = 1e-3;

    /** Of 255: the tolerance of -1..1 in steps of a picture, plus one for rounding. */
    private static final int PIXEL_TOLERANCE = 1;

    private static final String LATENTS = ".final_latents";

    @TestFactory
    Stream<DynamicTest> pictures_agree_with_diffusers_step_by_step() {
        return GoldenCases.each("pipeline", GoldenCases.files("pipeline", ".json"), PipelineParityTest::compare);
    }

    private static void compare(Path file) {
        JsonNode settings = read(file);
        String model = GoldenCases.name(file, ".json");
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                GoldenFile recorded = GoldenFile.open(file.resolveSibling(model + ".safetensors"));
                Checkpoint checkpoint = GoldenCheckpoints.open(model)) {
            String prompt = settings.get("prompt").asText();
            String negativePrompt = settings.get("negative_prompt").asText();
            Map<String, PromptEmbedding> embeddings = Families.standard()
                    .of(checkpoint)
                    .promptEncoder(torch, checkpoint, ClipTokenizer.load(), Precision.FP32, 1)
                    .encode(List.of(prompt, negativePrompt), scope, warning -> {});
            var positive = Objects.requireNonNull(embeddings.get(prompt));
            var negative = Objects.requireNonNull(embeddings.get(negativePrompt));
            assertThatTensor(positive.context()).isCloseTo(recorded.view("prompt_embeds"), TOLERANCE);
            assertThatTensor(negative.context()).isCloseTo(recorded.view("negative_prompt_embeds"), TOLERANCE);

            try (UNet unet = UNet.load(torch, checkpoint, Precision.FP32);
                    Vae vae = Vae.load(torch, checkpoint, Precision.FP32)) {
                SchedulerConfig scheduler = RecordedScheduler.ofPipeline(
                        settings.get("scheduler"),
                        settings.get("num_inference_steps").asInt());
                var textToImage = new TextToImage(
                        unet, vae, new Parameterization(scheduler.predictionType(), scheduler.zeroTerminalSnr()));
                for (String name : variants(recorded)) {
                    attachLora(name, settings, unet, scope);
                    NDArray latents = textToImage.denoise(
                            scope,
                            Scheduler.of(scheduler),
                            recorded.array(scope, "initial_latents"),
                            settings.get("guidance_scale").asDouble(),
                            List.of(PlacedEmbedding.whole(positive)),
                            List.of(PlacedEmbedding.whole(negative)),
                            (owner, shape) -> {
                                throw new AssertionError("the recorded sampler draws no noise");
                            },
                            comparingSteps(recorded.array(scope, name + ".step_latents"), name));
                    assertThatTensor(latents).as(name).isCloseTo(recorded.view(name + LATENTS), TOLERANCE);
                    NDArray decoded = textToImage.decode(scope, latents);
                    assertThatTensor(decoded).as(name).isCloseTo(recorded.view(name + ".decoded"), TOLERANCE);
                    comparePicture(
                            TextToImage.toImages(decoded).get(0),
                            file.resolveSibling(name + ".png"),
                            settings.get("width").asInt(),
                            settings.get("height").asInt());
                }
            }
        }
    }

    private static List<String> variants(GoldenFile recorded) {
        List<String> variants = recorded.names().stream()
                .filter(name -> name.endsWith(LATENTS))
                .map(name -> name.substring(0, name.length() - LATENTS.length()))
                .toList();
        assertThat(variants).isNotEmpty();
        return variants;
    }

    /** A variant's name ends with the LoRA's scale; without a number there is no LoRA. */
    private static void attachLora(String variant, JsonNode settings, UNet unet, NDManager scope) {
        unet.detachLora(scope);
        String scale = variant.replaceAll("[^0-9.-]", "");
        if (!scale.isEmpty()) {
            Path lora = Golden.file(settings.get("lora").asText());
            LoraAdapter.load(
                            scope,
                            List.of(new LoraWeight(lora, Double.parseDouble(scale))),
                            new UNetLoraRules(),
                            unet.weightShapes())
                    .orElseThrow()
                    .attachTo(unet, scope);
        }
    }

    private static StepHook comparingSteps(NDArray expected, String variant) {
        return new StepHook() {
            @Override
            public void afterStep(int step, NDArray latents) {
                assertThatTensor(latents).as("%s, step %d", variant, step).isCloseTo(expected.get(step), TOLERANCE);
            }
        };
    }

    private static void comparePicture(BufferedImage actual, Path file, int width, int height) {
        assertThat(actual.getWidth()).isEqualTo(width);
        assertThat(actual.getHeight()).isEqualTo(height);
        if (!Files.exists(file)) {
            return;
        }
        try {
            BufferedImage expected = ImageIO.read(file.toFile());
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (int shift = 0; shift <= 16; shift += 8) {
                        int difference =
                                (actual.getRGB(x, y) >> shift & 0xff) - (expected.getRGB(x, y) >> shift & 0xff);
                        assertThat(Math.abs(difference))
                                .as("%s at %d, %d", file.getFileName(), x, y)
                                .isLessThanOrEqualTo(PIXEL_TOLERANCE);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
