package io.github.txt2lora.lora;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.Bfloat16Copy;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.ops.CheckpointMerge;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.MergedCheckpoint;
import io.github.txt2lora.ops.OperationProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Merges into the small recorded checkpoints of whatever family, in one file each. */
class CheckpointMergeTest {

    private static final String ENCODER_LAYER = "text_model.encoder.layers.1.";
    private static final List<String> LAYERS = List.of(
            "text_encoder." + ENCODER_LAYER + "self_attn.q_proj",
            "text_encoder." + ENCODER_LAYER + "self_attn.k_proj",
            "text_encoder." + ENCODER_LAYER + "self_attn.v_proj",
            "text_encoder." + ENCODER_LAYER + "mlp.fc1",
            "text_encoder_2." + ENCODER_LAYER + "self_attn.v_proj",
            "unet.mid_block.attentions.0.proj_in",
            "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k",
            "unet.mid_block.resnets.0.conv1",
            "unet.conv_in",
            "unet.time_embedding.linear_2",
            "unet.add_embedding.linear_1",
            "unet.conv_out",
            "text_encoder_2.text_projection");

    /** Half precision has 11 significant bits. */
    private static final double HALF_ROUNDING = 1e-3;

    /** It has 8. */
    private static final double BFLOAT16_ROUNDING = 8e-3;

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> adds_to_the_layers_of_the_lora_and_copies_everything_else() {
        return eachCheckpoint(path -> assertMerged(path, HALF_ROUNDING));
    }

    @TestFactory
    Stream<DynamicTest> a_checkpoint_in_bfloat16_stays_in_bfloat16() {
        return eachCheckpoint(path -> assertMerged(
                Bfloat16Copy.write(path, folder.resolve("bf16.safetensors"), tensor -> true), BFLOAT16_ROUNDING));
    }

    private void assertMerged(Path path, double rounding) {
        Path output = folder.resolve("merged.safetensors");
        List<OperationProgress> progress = new ArrayList<>();
        try (LoraOperations operations = LoraOperations.open();
                Checkpoint before = Checkpoint.openFile(path)) {
            Path lora = lora(before);
            MergedCheckpoint merged = operations.mergeIntoCheckpoint(
                    new CheckpointMerge(path, List.of(new LoraWeight(lora, -0.5)), output), progress::add);
            assertThat(progress).hasSize(merged.changedTensors());
            Map<String, float[]> effects = LoraFiles.effects(lora);
            try (Checkpoint after = Checkpoint.openFile(output)) {
                effects.forEach((layer, effect) -> {
                    TensorView sum = weight(after, layer);
                    assertThat(sum.type()).isEqualTo(weight(before, layer).type());
                    assertThatTensor(sum.toFloats())
                            .as(layer)
                            .isCloseTo(LoraFiles.sum(weight(before, layer).toFloats(), effect, -0.5), rounding, 1);
                });
            }
            assertOthersAreCopied(path, output, before, effects.keySet());
        }
    }

    private static void assertOthersAreCopied(Path path, Path output, Checkpoint checkpoint, Set<String> layers) {
        Set<String> changed = new HashSet<>();
        layers.forEach(layer -> changed.add(weight(checkpoint, layer).name()));
        try (SafetensorsFile from = SafetensorsFile.open(path);
                SafetensorsFile to = SafetensorsFile.open(output)) {
            assertThat(to.byName().keySet()).isEqualTo(from.byName().keySet());
            for (TensorView tensor : from.tensors()) {
                TensorView copy = to.tensor(tensor.name());
                assertThat(copy.toString()).isEqualTo(tensor.toString());
                assertThat(copy.bytes().equals(tensor.bytes()))
                        .as(tensor.name())
                        .isEqualTo(!changed.contains(tensor.name()));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> refuses_a_lora_for_layers_that_the_checkpoint_lacks() {
        return eachCheckpoint(path -> {
            Path lora = new LoraFiles(1)
                    .kohya("lora_unet_down_blocks_3_attentions_0_proj_in", 1, List.of(1L, 4L), List.of(4L, 1L))
                    .write(folder.resolve("foreign.safetensors"));
            assertRefused(path, lora, "1 module that", "down_blocks_3", "expected a LoRA for Stable Diffusion");
        });
    }

    @TestFactory
    Stream<DynamicTest> refuses_a_lora_of_another_shape() {
        return eachCheckpoint(path -> {
            Path lora = new LoraFiles(1)
                    .kohya("lora_unet_mid_block_attentions_0_proj_in", 1, List.of(1L, 7L), List.of(5L, 1L))
                    .write(folder.resolve("foreign.safetensors"));
            assertRefused(path, lora, "7 inputs and 5 outputs", "middle_block.1.proj_in.weight", "family");
        });
    }

    @TestFactory
    Stream<DynamicTest> refuses_a_merge_that_the_number_format_cannot_hold() {
        return eachCheckpoint(path -> {
            try (Checkpoint checkpoint = Checkpoint.openFile(path)) {
                Path lora = lora(checkpoint);
                assertThatThrownBy(() -> merge(path, lora, 1e6))
                        .isExactlyInstanceOf(CheckpointException.class)
                        .hasMessageContaining("F16 cannot hold");
                assertThat(folder.resolve("refused.safetensors")).doesNotExist();
            }
        });
    }

    private void assertRefused(Path checkpoint, Path lora, String... parts) {
        assertThatThrownBy(() -> merge(checkpoint, lora, 1))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining(lora.toString())
                .hasMessageContainingAll(parts);
        assertThat(folder.resolve("refused.safetensors")).doesNotExist();
    }

    private void merge(Path checkpoint, Path lora, double weight) {
        try (LoraOperations operations = LoraOperations.open()) {
            operations.mergeIntoCheckpoint(new CheckpointMerge(
                    checkpoint, List.of(new LoraWeight(lora, weight)), folder.resolve("refused.safetensors")));
        }
    }

    /** A LoRA in diffusers' naming for some layers of each network. */
    private Path lora(Checkpoint checkpoint) {
        var lora = new LoraFiles(7);
        for (String layer : LAYERS) {
            boolean onlySdxl = layer.startsWith("text_encoder_2.") || layer.startsWith("unet.add_embedding.");
            if (onlySdxl && checkpoint.family() != StableDiffusion.SDXL) {
                continue;
            }
            List<Long> shape = weight(checkpoint, layer).shape();
            List<Long> down = new ArrayList<>(shape);
            down.set(0, 2L);
            lora.random(layer + ".lora_A.weight", down);
            lora.random(
                    layer + ".lora_B.weight",
                    shape.size() == 4 ? List.of(shape.get(0), 2L, 1L, 1L) : List.of(shape.get(0), 2L));
        }
        return lora.write(folder.resolve("lora.safetensors"));
    }

    private static TensorView weight(Checkpoint checkpoint, String layer) {
        LayerName name = LayerName.ofModule(layer).orElseThrow();
        return checkpoint.tensors(name.network()).get(name.path() + ".weight");
    }

    private static Stream<DynamicTest> eachCheckpoint(Consumer<Path> test) {
        List<Path> files = GoldenCases.files("checkpoints", ".safetensors").stream()
                .filter(Files::isRegularFile)
                .toList();
        return GoldenCases.each("checkpoints", files, test);
    }
}
