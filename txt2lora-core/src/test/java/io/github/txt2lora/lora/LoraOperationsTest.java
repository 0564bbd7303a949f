package io.github.txt2lora.lora;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraConversion;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraMerge;
import io.github.txt2lora.ops.LoraNaming;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.MergedLora;
import io.github.txt2lora.ops.MetadataEdit;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraOperationsTest {

    private static final String ATTENTION = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0";
    private static final String CONVOLUTION = "lora_unet_mid_block_resnets_0_conv1";
    private static final String TEXT = "lora_te_text_model_encoder_layers_0_self_attn_q_proj";

    private final LoraOperations operations = LoraOperations.open();

    @TempDir
    private Path folder;

    private Path input = Path.of("");

    @BeforeEach
    void writes_a_lora() {
        input = lora(1).write(folder.resolve("input.safetensors"));
    }

    @AfterEach
    void closes() {
        operations.close();
    }

    private static LoraFiles lora(long seed) {
        return new LoraFiles(seed)
                .metadata("ss_network_dim", "4")
                .metadata("ss_output_name", "seed " + seed)
                .metadata("ss_v2", "False")
                .kohya(ATTENTION, 2, List.of(4L, 12L), List.of(10L, 4L))
                .kohya(CONVOLUTION, 4, List.of(4L, 6L, 3L, 3L), List.of(8L, 4L, 1L, 1L))
                .kohya(TEXT, 1, List.of(4L, 8L), List.of(8L, 4L));
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static void assertSameEffects(Path file, Map<String, float[]> expected, double tolerance) {
        Map<String, float[]> effects = LoraFiles.effects(file);
        assertThat(effects.keySet()).isEqualTo(expected.keySet());
        effects.forEach(
                (layer, effect) -> assertThatTensor(effect).as(layer).isCloseTo(expected.get(layer), tolerance, 1));
    }

    @Test
    void convert_refuses_the_name_of_no_layer_and_writes_nothing() {
        Path lora = new LoraFiles(1)
                .kohya("lora_unet_input_blocks_0_1", 1, List.of(2L, 4L), List.of(8L, 2L))
                .write(folder.resolve("nonsense.safetensors"));
        Path output = folder.resolve("converted.safetensors");
        try (LoraOperations operations = LoraOperations.open()) {
            LoraConversion conversion = new LoraConversion(Optional.empty(), Optional.of(LoraNaming.DIFFUSERS));
            assertThatThrownBy(() -> operations.convert(lora, output, conversion))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("nonsense.safetensors", "lora_unet_input_blocks_0_1", "name of no layer");
        }
        assertThat(output).doesNotExist();
    }

    @Test
    void convert_names_layers_outside_of_the_blocks_as_diffusers_does_and_keeps_the_text_encoders() {
        Path lora = new LoraFiles(1)
                .kohya("lora_unet_input_blocks_0_0", 1, List.of(2L, 4L, 3L, 3L), List.of(8L, 2L, 1L, 1L))
                .kohya("lora_te1_text_model_encoder_layers_0_mlp_fc1", 3, List.of(2L, 4L), List.of(8L, 2L))
                .metadata("ss_base_model_version", "sdxl_base_v1-0")
                .write(folder.resolve("ends.safetensors"));
        Path there = folder.resolve("there.safetensors");
        Path back = folder.resolve("back.safetensors");
        try (LoraOperations operations = LoraOperations.open()) {
            assertThat(operations
                            .convert(
                                    lora,
                                    there,
                                    new LoraConversion(Optional.empty(), Optional.of(LoraNaming.DIFFUSERS)))
                            .modules())
                    .extracting(LoraInfo.Module::name)
                    .containsExactlyInAnyOrder("unet.conv_in", "text_encoder.text_model.encoder.layers.0.mlp.fc1");
            assertThat(operations
                            .convert(there, back, new LoraConversion(Optional.empty(), Optional.of(LoraNaming.KOHYA)))
                            .modules())
                    .extracting(LoraInfo.Module::name)
                    .containsExactlyInAnyOrder("lora_unet_conv_in", "lora_te1_text_model_encoder_layers_0_mlp_fc1");
        }
        Map<String, float[]> effects = LoraFiles.effects(lora);
        LoraFiles.effects(back)
                .forEach((layer, effect) -> assertThatTensor(effect).as(layer).isCloseTo(effects.get(layer), 1e-6, 1));
    }

    @Test
    void a_resize_to_the_same_rank_changes_no_product() {
        ResizedLora resized = operations.resize(input, file("out.safetensors"), ResizeSpec.toRank(4));
        assertSameEffects(resized.file(), LoraFiles.effects(input), 1e-5);
        assertThat(resized.modules())
                .extracting(ResizedModule::frobeniusRetained)
                .containsOnly(1.0);
    }

    @Test
    void a_module_of_lower_rank_than_asked_for_keeps_it() {
        ResizedLora resized = operations.resize(input, file("out.safetensors"), ResizeSpec.toRank(64));
        assertThat(resized.modules()).extracting(ResizedModule::rank).containsOnly(4);
    }

    @Test
    void the_same_resize_gives_the_same_bytes() throws IOException {
        ResizeSpec spec = ResizeSpec.by(new RankRule.Frobenius(0.8)).withPrecision(Precision.BF16);
        operations.resize(input, file("first.safetensors"), spec);
        operations.resize(input, file("second.safetensors"), spec);
        assertThat(file("first.safetensors")).hasSameBinaryContentAs(file("second.safetensors"));
    }

    @Test
    void the_input_may_be_replaced() throws IOException {
        Map<String, float[]> before = LoraFiles.effects(input);
        operations.resize(input, input, ResizeSpec.toRank(4));
        assertSameEffects(input, before, 1e-5);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(input);
        }
    }

    @Test
    void a_failed_operation_leaves_nothing() throws IOException {
        assertThatThrownBy(() -> operations.resize(input, file("absent/out.safetensors"), ResizeSpec.toRank(2)))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessageContaining("out.safetensors");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(input);
        }
    }

    @Test
    void progress_counts_the_modules_and_survives_a_listener_that_throws() {
        List<OperationProgress> seen = new ArrayList<>();
        operations.resize(input, file("out.safetensors"), ResizeSpec.toRank(2), seen::add, progress -> {
            throw new IllegalStateException("from a listener, as the test wants it");
        });
        assertThat(seen).extracting(OperationProgress::done).containsExactly(1, 2, 3);
        assertThat(seen).extracting(OperationProgress::total).containsOnly(3);
        assertThat(seen).extracting(OperationProgress::module).containsExactly(ATTENTION, CONVOLUTION, TEXT);
    }

    @Test
    void a_folder_is_resized_as_a_whole() throws IOException {
        lora(2).write(file("more.safetensors"));
        Files.writeString(file("notes.txt"), "not a LoRA");
        Path out = Files.createDirectory(file("out"));
        assertThat(operations.resizeFolder(folder, out, ResizeSpec.toRank(2)))
                .extracting(ResizedLora::file)
                .containsExactly(out.resolve("input.safetensors"), out.resolve("more.safetensors"));
    }

    @Test
    void a_folder_without_loras_is_refused() throws IOException {
        Path empty = Files.createDirectory(file("empty"));
        assertThatThrownBy(() -> operations.resizeFolder(empty, folder, ResizeSpec.toRank(2)))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("no .safetensors file");
        assertThatThrownBy(() -> operations.resizeFolder(folder, file("absent"), ResizeSpec.toRank(2)))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("output folder is");
    }

    @Test
    void a_merge_does_what_its_loras_do_together() {
        Path other = lora(2).write(file("other.safetensors"));
        MergedLora merged = operations.merge(
                LoraMerge.of(List.of(new LoraWeight(input, 1), new LoraWeight(other, -0.7)), file("out.safetensors")));
        Map<String, float[]> expected = LoraFiles.effects(input);
        LoraFiles.effects(other)
                .forEach((layer, effect) -> expected.merge(layer, effect, (a, b) -> LoraFiles.sum(a, b, -0.7)));
        assertSameEffects(merged.lora().file(), expected, 1e-5);
        assertThat(merged.lora().modules()).extracting(LoraInfo.Module::rank).containsOnly(8);
        assertThat(merged.lora().hash().result()).isEqualTo(HashCheck.Result.MATCHES);
        assertThat(merged.lora().metadata())
                .containsEntry("ss_v2", "False")
                .containsEntry("ss_network_dim", "8")
                .containsEntry("ss_training_comment", "merged from input.safetensors (1.0), other.safetensors (-0.7)")
                .doesNotContainKey("ss_output_name");
    }

    @Test
    void a_merge_of_a_lora_with_itself_resizes_back_without_loss() {
        MergedLora merged = operations.merge(
                LoraMerge.of(List.of(new LoraWeight(input, 0.25), new LoraWeight(input, 0.75)), file("out.safetensors"))
                        .withResize(ResizeSpec.toRank(4)));
        assertSameEffects(merged.lora().file(), LoraFiles.effects(input), 1e-5);
        assertThat(merged.resized()).extracting(ResizedModule::rank).containsOnly(4);
    }

    @Test
    void modules_that_only_one_lora_has_are_merged_too() {
        Path other = new LoraFiles(3)
                .random("unet.mid_block.resnets.1.conv1.lora_A.weight", List.of(2L, 6L, 3L, 3L))
                .random("unet.mid_block.resnets.1.conv1.lora_B.weight", List.of(8L, 2L, 1L, 1L))
                .write(file("other.safetensors"));
        MergedLora merged = operations.merge(
                LoraMerge.of(List.of(new LoraWeight(input, 1), new LoraWeight(other, 1)), file("out.safetensors")));
        Map<String, float[]> expected = LoraFiles.effects(input);
        expected.putAll(LoraFiles.effects(other));
        assertSameEffects(merged.lora().file(), expected, 1e-5);
        assertThat(merged.lora().modules())
                .extracting(LoraInfo.Module::name)
                .contains("lora_unet_mid_block_resnets_1_conv1");
    }

    @Test
    void a_conversion_of_naming_and_back_changes_no_product() {
        LoraInfo diffusers =
                operations.convert(input, file("peft.safetensors"), LoraConversion.to(LoraNaming.DIFFUSERS));
        assertThat(diffusers.naming()).isEqualTo(LoraNaming.DIFFUSERS);
        assertThat(diffusers.modules())
                .extracting(LoraInfo.Module::name)
                .contains("unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0");
        assertSameEffects(diffusers.file(), LoraFiles.effects(input), 1e-6);
        LoraInfo kohya =
                operations.convert(diffusers.file(), file("kohya.safetensors"), LoraConversion.to(LoraNaming.KOHYA));
        assertThat(kohya.modules())
                .extracting(LoraInfo.Module::name)
                .containsExactlyInAnyOrder(ATTENTION, CONVOLUTION, TEXT);
        assertSameEffects(kohya.file(), LoraFiles.effects(input), 1e-6);
    }

    @Test
    void a_conversion_of_precision_rounds() {
        LoraInfo half = operations.convert(
                input, file("half.safetensors"), LoraConversion.to(Precision.FP16, LoraNaming.KOHYA));
        assertThat(half.numberFormats()).containsExactly("F16");
        assertThat(half.hash().result()).isEqualTo(HashCheck.Result.MATCHES);
        assertSameEffects(half.file(), LoraFiles.effects(input), 2e-3);
    }

    @Test
    void metadata_are_edited_and_the_content_stays() {
        operations.resize(input, input, ResizeSpec.toRank(4));
        Map<String, float[]> before = LoraFiles.effects(input);
        LoraInfo edited = operations.editMetadata(
                input,
                input,
                MetadataEdit.none().set("modelspec.title", "krnkmd \u00e9").remove("ss_v2"));
        assertThat(edited.metadata())
                .containsEntry("modelspec.title", "krnkmd \u00e9")
                .containsEntry("ss_output_name", "seed 1")
                .doesNotContainKey("ss_v2");
        assertThat(edited.hash().result()).isEqualTo(HashCheck.Result.MATCHES);
        assertSameEffects(input, before, 0);
    }

    @Test
    void a_changed_byte_is_told_by_the_hash() throws IOException {
        assertThat(operations.verifyHash(input).result()).isEqualTo(HashCheck.Result.ABSENT);
        operations.resize(input, input, ResizeSpec.toRank(4));
        byte[] content = Files.readAllBytes(input);
        content[content.length - 1] ^= 1;
        Files.write(input, content);
        HashCheck check = operations.verifyHash(input);
        assertThat(check.result()).isEqualTo(HashCheck.Result.DIFFERS);
        assertThat(check.stated())
                .isPresent()
                .hasValueSatisfying(hash -> assertThat(hash).hasSize(64).isNotEqualTo(check.computed()));
    }

    @Test
    void an_operation_whose_thread_is_interrupted_ends_and_leaves_nothing() throws IOException {
        assertThatThrownBy(() -> operations.resize(
                        input,
                        file("out.safetensors"),
                        ResizeSpec.toRank(4),
                        progress -> Thread.currentThread().interrupt()))
                .isExactlyInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("interrupted");

        assertThat(Thread.interrupted()).isTrue();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(input);
        }
        operations.resize(input, file("out.safetensors"), ResizeSpec.toRank(4));
        assertThat(file("out.safetensors")).isNotEmptyFile();
    }

    @Test
    void closed_operations_say_so() {
        operations.close();
        assertThatThrownBy(() -> operations.inspect(input))
                .isExactlyInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("closed");
    }
}
