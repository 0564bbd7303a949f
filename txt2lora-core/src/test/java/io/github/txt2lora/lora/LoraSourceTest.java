package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ops.LoraNaming;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The namings that are read, and what is said of files that are no LoRA. */
class LoraSourceTest {

    private static final String MODULE = "lora_unet_mid_block_attentions_0_proj_in";

    @TempDir
    private Path folder;

    private LoraSource open(UnaryOperator<LoraFiles> content) {
        return LoraSource.open(content.apply(new LoraFiles(1)).write(folder.resolve("x.safetensors")));
    }

    private void assertRefused(UnaryOperator<LoraFiles> content, String... parts) {
        assertThatThrownBy(() -> open(content).close())
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("x.safetensors")
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @CsvSource({
        "lora_unet_mid_block_attentions_0_proj_in.lora_down.weight, .lora_up.weight, unet.mid_block.attentions.0.proj_in",
        "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_out_0.lora_down.weight, .lora_up.weight,"
                + " unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0",
        "lora_unet_output_blocks_5_2_conv.lora_down.weight, .lora_up.weight, unet.up_blocks.1.upsamplers.0.conv",
        "lora_unet_input_blocks_3_0_op.lora_down.weight, .lora_up.weight, unet.down_blocks.0.downsamplers.0.conv",
        "lora_unet_middle_block_2_emb_layers_1.lora_down.weight, .lora_up.weight,"
                + " unet.mid_block.resnets.1.time_emb_proj",
        "lora_te1_text_model_encoder_layers_3_mlp_fc1.lora_down.weight, .lora_up.weight,"
                + " text_encoder.text_model.encoder.layers.3.mlp.fc1",
        "lora_te2_text_model_encoder_layers_3_self_attn_out_proj.lora_down.weight, .lora_up.weight,"
                + " text_encoder_2.text_model.encoder.layers.3.self_attn.out_proj",
        "unet.mid_block.attentions.0.proj_in.lora_A.weight, .lora_B.weight, unet.mid_block.attentions.0.proj_in",
        "unet.mid_block.attentions.0.proj_in.lora.down.weight, .lora.up.weight, unet.mid_block.attentions.0.proj_in",
        "text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora_linear_layer.down.weight,"
                + " .lora_linear_layer.up.weight, text_encoder.text_model.encoder.layers.0.self_attn.q_proj",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.down.weight, _lora.up.weight,"
                + " unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0",
        "base_model.model.mid_block.attentions.0.proj_in.lora_A.default.weight, .lora_B.default.weight,"
                + " unet.mid_block.attentions.0.proj_in",
    })
    void reads_every_naming(String down, String upEnding, String layer) {
        String module = LoraKey.parse(down).orElseThrow().module();
        try (LoraSource lora =
                open(file -> file.random(down, List.of(2L, 5L)).random(module + upEnding, List.of(3L, 2L)))) {
            LoraPair pair = lora.pairs().get(0);
            assertThat(pair.name().diffusers()).isEqualTo(layer);
            assertThat(pair.rank()).isEqualTo(2);
            assertThat(pair.alpha()).isEqualTo(2);
            assertThat(pair.down().get()).hasSize(10);
            assertThat(lora.naming()).isEqualTo(module.startsWith("lora_") ? LoraNaming.KOHYA : LoraNaming.DIFFUSERS);
        }
    }

    @Test
    void reads_alphas_that_diffusers_keeps_in_the_metadata() {
        try (LoraSource lora = open(file -> file.metadata(
                        "lora_adapter_metadata",
                        "{\"unet.r\": 2, \"unet.lora_alpha\": 8,"
                                + " \"unet.alpha_pattern\": {\"mid_block.attentions.0.proj_out\": 3}}")
                .random("unet.mid_block.attentions.0.proj_in.lora_A.weight", List.of(2L, 5L))
                .random("unet.mid_block.attentions.0.proj_in.lora_B.weight", List.of(3L, 2L))
                .random("unet.mid_block.attentions.0.proj_out.lora_A.weight", List.of(2L, 5L))
                .random("unet.mid_block.attentions.0.proj_out.lora_B.weight", List.of(3L, 2L)))) {
            assertThat(lora.pairs()).extracting(LoraPair::alpha).containsExactly(8.0, 3.0);
        }
    }

    @Test
    void says_which_half_of_a_module_is_missing() {
        assertRefused(file -> file.random(MODULE + ".lora_down.weight", List.of(2L, 5L)), MODULE, "no up matrix");
        assertRefused(file -> file.tensor(MODULE + ".alpha", List.of(), 1), MODULE, "no down matrix");
    }

    @Test
    void says_which_shapes_do_not_fit_together() {
        assertRefused(
                file -> file.random(MODULE + ".lora_down.weight", List.of(2L, 5L))
                        .random(MODULE + ".lora_up.weight", List.of(3L, 4L)),
                "[3, 4]",
                "expected [outputs, 2]");
        assertRefused(
                file -> file.random(MODULE + ".lora_down.weight", List.of(2L))
                        .random(MODULE + ".lora_up.weight", List.of(3L, 2L)),
                "[2]",
                "expected a matrix");
        assertRefused(
                file -> file.random(MODULE + ".lora_down.weight", List.of(0L, 5L))
                        .random(MODULE + ".lora_up.weight", List.of(3L, 0L)),
                "[0, 5]");
    }

    @Test
    void says_what_is_wrong_with_an_alpha() {
        assertRefused(
                file -> file.kohya(MODULE, Double.NaN, List.of(2L, 5L), List.of(3L, 2L)), MODULE + ".alpha", "NaN");
        assertRefused(
                file -> file.tensor(MODULE + ".alpha", List.of(0L))
                        .random(MODULE + ".lora_down.weight", List.of(2L, 5L))
                        .random(MODULE + ".lora_up.weight", List.of(3L, 2L)),
                "expected one floating-point number");
    }

    @Test
    void names_a_number_that_is_not_finite() {
        try (LoraSource lora = open(file -> file.tensor(MODULE + ".lora_down.weight", List.of(1L, 2L), 1, Float.NaN)
                .random(MODULE + ".lora_up.weight", List.of(3L, 1L)))) {
            assertThatThrownBy(() -> lora.pairs().get(0).down().get())
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(MODULE + ".lora_down.weight", "NaN at index 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".hada_w1_a", ".lokr_w1", ".dora_scale", ".lora_mid.weight", ".diff"})
    void names_other_kinds_of_networks(String ending) {
        assertRefused(file -> file.tensor(MODULE + ending, List.of(1L), 1), MODULE + ending, "another kind of network");
    }

    @Test
    void refuses_what_is_no_lora() {
        assertRefused(file -> file.tensor("model.diffusion_model.out.2.bias", List.of(1L), 1), "not part of a LoRA");
        assertRefused(file -> file, "has no tensors");
        assertRefused(
                file -> file.random("lora_transformer_x.lora_down.weight", List.of(1L, 1L))
                        .random("lora_transformer_x.lora_up.weight", List.of(1L, 1L)),
                "unknown network");
        assertRefused(
                file -> file.metadata("lora_adapter_metadata", "{").tensor(MODULE + ".alpha", List.of(), 1), "JSON");
    }

    @Test
    void refuses_two_modules_for_one_layer() {
        assertRefused(
                file -> file.kohya(MODULE, 1, List.of(1L, 2L), List.of(2L, 1L))
                        .kohya("lora_unet_middle_block_1_proj_in", 1, List.of(1L, 2L), List.of(2L, 1L)),
                "two modules for one layer",
                MODULE);
    }

    @Test
    void a_zero_module_has_no_statistics_and_rank_one() {
        var zero = new SingularValues(new double[] {0, 0});
        assertThat(zero.rank(new io.github.txt2lora.ops.RankRule.Fixed(2), 2)).isEqualTo(1);
        assertThat(Map.of(1, zero.maxRatio(1), 2, zero.sumRetained(1), 3, zero.frobeniusRetained(1))
                        .values())
                .containsOnly(Double.NaN);
    }

    @Test
    void refuses_an_alpha_in_the_metadata_that_is_not_finite() {
        assertRefused(
                file -> file.metadata("lora_adapter_metadata", "{\"unet.lora_alpha\": 1e999}")
                        .random("unet.mid_block.attentions.0.proj_in.lora_A.weight", List.of(2L, 5L))
                        .random("unet.mid_block.attentions.0.proj_in.lora_B.weight", List.of(3L, 2L)),
                "lora_adapter_metadata",
                "alpha for unet");
    }
}
