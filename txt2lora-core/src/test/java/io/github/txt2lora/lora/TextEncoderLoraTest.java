package io.github.txt2lora.lora;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextEncoderLoraTest {

    private static final String LAYER = "text_model.encoder.layers.0.self_attn.q_proj";

    @TempDir
    private Path folder;

    private Path lora(long inputs, long outputs) {
        return new LoraFiles(1)
                .kohya("lora_te_" + LAYER.replace('.', '_'), 1, List.of(2L, inputs), List.of(outputs, 2L))
                .write(folder.resolve("lora.safetensors"));
    }

    @Test
    void adds_to_one_encoder_and_leaves_the_other_weights() {
        try (Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny")) {
            Map<String, TensorView> weights = checkpoint.tensors(Component.TEXT_ENCODER);
            TensorView before = weights.get(LAYER + ".weight");
            Path lora = lora(before.shape().get(1), before.shape().get(0));
            Map<String, TensorView> sums =
                    TextEncoderLora.addTo(Component.TEXT_ENCODER, weights, List.of(new LoraWeight(lora, 0.5)));
            float[] effect = LoraFiles.effects(lora).get("text_encoder." + LAYER);
            assertThatTensor(sums.get(LAYER + ".weight").toFloats())
                    .isCloseTo(LoraFiles.sum(before.toFloats(), effect, 0.5), 1e-6, 1);
            assertThat(sums.keySet()).isEqualTo(weights.keySet());
            assertThat(sums)
                    .allSatisfy((name, tensor) ->
                            assertThat(tensor == weights.get(name)).isEqualTo(!name.equals(LAYER + ".weight")));
            assertThat(TextEncoderLora.addTo(Component.TEXT_ENCODER_2, weights, List.of(new LoraWeight(lora, 0.5))))
                    .isSameAs(weights);
        }
    }

    @Test
    void prompts_are_embedded_otherwise_with_a_lora() {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny")) {
            Map<String, TensorView> weights = checkpoint.tensors(Component.TEXT_ENCODER);
            List<Long> shape = weights.get(LAYER + ".weight").shape();
            Path lora = lora(shape.get(1), shape.get(0));
            ClipTokenizer tokenizer = ClipTokenizer.load();
            float[] without = encode(
                    Families.standard().of(checkpoint).promptEncoder(torch, checkpoint, tokenizer, Precision.FP32, 1),
                    scope);
            float[] with = encode(
                    Families.standard()
                            .of(checkpoint)
                            .promptEncoder(
                                    torch,
                                    checkpoint,
                                    tokenizer,
                                    Precision.FP32,
                                    1,
                                    encoder ->
                                            TextEncoderLora.addTo(encoder, weights, List.of(new LoraWeight(lora, 1))),
                                    EmbeddingFolder.none()),
                    scope);
            assertThat(with).hasSameSizeAs(without).isNotEqualTo(without);
        }
    }

    private static float[] encode(PromptEncoder encoder, NDManager scope) {
        return encoder.encode(List.of("1girl, solo"), scope, warning -> {})
                .get("1girl, solo")
                .context()
                .toFloatArray();
    }

    @Test
    void refuses_a_lora_for_an_encoder_that_the_family_lacks() {
        Path lora = new LoraFiles(1)
                .kohya("lora_te2_" + LAYER.replace('.', '_'), 1, List.of(2L, 3L), List.of(5L, 2L))
                .write(folder.resolve("lora.safetensors"));
        List<LoraWeight> loras = List.of(new LoraWeight(lora, 1));
        assertThatThrownBy(() -> TextEncoderLora.requireEncoders(StableDiffusion.SD2, loras, warning -> {}))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("lora.safetensors", "text_encoder_2, which Stable Diffusion 2.x lacks");
        TextEncoderLora.requireEncoders(StableDiffusion.SDXL, loras, warning -> {});
    }

    @Test
    void refuses_a_lora_of_another_family() {
        try (Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny")) {
            Map<String, TensorView> weights = checkpoint.tensors(Component.TEXT_ENCODER);
            LoraWeight lora = new LoraWeight(lora(3, 5), 1);
            assertThatThrownBy(() -> TextEncoderLora.addTo(Component.TEXT_ENCODER, weights, List.of(lora)))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("lora.safetensors", "3 inputs and 5 outputs", "same model family");
        }
    }
}
