package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.ElementType;
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
        "unet.base_model.model.conv_out.lora_A.krnkmd.weight, .lora_B.krnkmd.weight, unet.conv_out",
        "base_model.model.conv_in.lora_A.weight, .lora_B.weight, unet.conv_in",
        "base_model.model.time_embedding.linear_1.lora_A.weight, .lora_B.weight, unet.time_embedding.linear_1",
        "unet.add_embedding.linear_2.lora_A.weight, .lora_B.weight, unet.add_embedding.linear_2",
        "lora_unet_conv_in.lora_down.weight, .lora_up.weight, unet.conv_in",
        "lora_unet_conv_out.lora_down.weight, .lora_up.weight, unet.conv_out",
        "lora_unet_time_embedding_linear_1.lora_down.weight, .lora_up.weight, unet.time_embedding.linear_1",
        "lora_unet_add_embedding_linear_2.lora_down.weight, .lora_up.weight, unet.add_embedding.linear_2",
        "lora_unet_input_blocks_0_0.lora_down.weight, .lora_up.weight, unet.conv_in",
        "lora_unet_out_2.lora_down.weight, .lora_up.weight, unet.conv_out",
        "lora_unet_time_embed_0.lora_down.weight, .lora_up.weight, unet.time_embedding.linear_1",
        "lora_unet_time_embed_2.lora_down.weight, .lora_up.weight, unet.time_embedding.linear_2",
        "lora_unet_label_emb_0_0.lora_down.weight, .lora_up.weight, unet.add_embedding.linear_1",
        "lora_unet_label_emb_0_2.lora_down.weight, .lora_up.weight, unet.add_embedding.linear_2",
        "diffusion_model.label_emb.0.2.lora_down.weight, .lora_up.weight, unet.add_embedding.linear_2",
        "diffusion_model.output_blocks.4.1.transformer_blocks.1.ff.net.0.proj.lora_A.weight, .lora_B.weight,"
                + " unet.up_blocks.1.attentions.1.transformer_blocks.1.ff.net.0.proj",
        "lora_te_text_model_encoder_layers_11_self_attn_k_proj.lora_down.weight, .lora_up.weight,"
                + " text_encoder.text_model.encoder.layers.11.self_attn.k_proj",
        "lora_te2_text_projection.lora_down.weight, .lora_up.weight, text_encoder_2.text_projection",
        "text_encoder_2.text_model.encoder.layers.31.mlp.fc2.lora_A.weight, .lora_B.weight,"
                + " text_encoder_2.text_model.encoder.layers.31.mlp.fc2",
        "text_encoder.text_model.encoder.layers.0.self_attn.to_out_lora.down.weight, _lora.up.weight,"
                + " text_encoder.text_model.encoder.layers.0.self_attn.out_proj",
        "base_model.model.text_model.encoder.layers.0.mlp.fc1.lora_A.weight, .lora_B.weight,"
                + " text_encoder.text_model.encoder.layers.0.mlp.fc1",
        "text_encoders.clip_g.transformer.text_model.encoder.layers.0.mlp.fc1.lora_down.weight, .lora_up.weight,"
                + " text_encoder_2.text_model.encoder.layers.0.mlp.fc1",
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
                "expected one number");
        assertRefused(
                file -> file.number(MODULE + ".alpha", ElementType.BOOL, List.of(), 1)
                        .random(MODULE + ".lora_down.weight", List.of(2L, 5L))
                        .random(MODULE + ".lora_up.weight", List.of(3L, 2L)),
                "BOOL[]",
                "expected one number");
    }

    @ParameterizedTest
    @CsvSource({
        "I64, -3, -3",
        "I32, 4, 4",
        "I16, 300, 300",
        "I8, -1, -1",
        "U64, -1, 18446744073709551616",
        "U32, 4294967295, 4294967295",
        "U16, 65535, 65535",
        "U8, 255, 255",
        "F64, 4612811918334230528, 2.5",
        "F32, 1075838976, 2.5",
        "F16, 16640, 2.5",
        "BF16, 16416, 2.5",
    })
    void reads_an_alpha_of_any_width(ElementType type, long bits, double alpha) {
        for (List<Long> shape : List.of(List.<Long>of(), List.of(1L), List.of(1L, 1L))) {
            try (LoraSource lora = open(file -> file.number(MODULE + ".alpha", type, shape, bits)
                    .random(MODULE + ".lora_down.weight", List.of(2L, 5L))
                    .random(MODULE + ".lora_up.weight", List.of(3L, 2L)))) {
                assertThat(lora.pairs().get(0).alpha()).isEqualTo(alpha);
            }
        }
    }

    @Test
    void takes_the_wider_format_where_the_matrices_differ() {
        try (LoraSource lora = open(file -> file.random(MODULE + ".lora_down.weight", ElementType.F16, List.of(2L, 5L))
                .random(MODULE + ".lora_up.weight", ElementType.BF16, List.of(3L, 2L)))) {
            assertThat(lora.pairs().get(0).type()).isEqualTo(ElementType.F32);
            assertThat(lora.formats()).containsExactly("BF16", "F16");
        }
    }

    @Test
    void leaves_embeddings_beside_the_lora_out_with_a_warning() {
        try (LoraSource lora = open(file -> file.random("bundle_emb.style.string_to_param.*", List.of(1L, 5L))
                .kohya(MODULE, 1, List.of(2L, 5L), List.of(3L, 2L)))) {
            assertThat(lora.pairs()).hasSize(1);
            assertThat(lora.warning())
                    .hasValueSatisfying(warning -> assertThat(warning)
                            .contains("x.safetensors", "bundle_emb.style.string_to_param.*", "left out"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lora_unet_input_blocks_0_1",
                "lora_unet_input_blocks_0_0_0",
                "lora_unet_input_blocks_3_0_in_layers_2",
                "lora_unet_input_blocks_13_0_in_layers_2",
                "lora_unet_output_blocks_1_1_conv",
                "lora_unet_output_blocks_0_0_conv",
                "lora_unet_out_0",
                "lora_unet_time_embed_1",
                "lora_unet_label_emb_1_0",
                "lora_unet_conv_norm_out",
                "lora_unet_mid_block_attentions_1_proj_in",
                "lora_unet_down_blocks_0_motion_modules_0_temporal_transformer_proj_in",
                "lora_unet_double_blocks_0_img_attn_qkv",
                "lora_te_text_model_final_layer_norm",
                "lora_te3_encoder_block_0_layer_0_SelfAttention_q",
                "unet.conv_inn",
                "transformer.single_blocks.0.attn.to_q",
                "something",
            })
    void refuses_the_name_of_no_layer(String module) {
        assertThatThrownBy(() -> {
                    try (LoraSource lora = open(file -> file.kohya(module, 1, List.of(2L, 5L), List.of(3L, 2L)))) {
                        assertThat(lora.warnings()).singleElement().asString().contains(module);
                        lora.requireKnownLayers();
                    }
                })
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("x.safetensors", module, "name of no layer");
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
    @CsvSource({
        ".hada_w1_a, LoHa", ".lokr_w1, LoKr", ".lokr_w2_a, LoKr", ".dora_scale, DoRA", ".lora_mid.weight, Tucker",
        ".diff, full weights", ".w_norm, full weights", ".oft_blocks, OFT", ".on_input, IA3", ".a1.weight, GLoRA",
        ".lora_magnitude_vector.default.weight, DoRA", ".lora_B.bias, biases",
    })
    void names_other_kinds_of_networks(String ending, String kind) {
        assertRefused(
                file -> file.tensor(MODULE + ending, List.of(1L), 1), MODULE + ending, "another kind of network", kind);
    }

    @Test
    void refuses_what_is_no_lora() {
        assertRefused(file -> file.tensor("model.diffusion_model.out.2.bias", List.of(1L), 1), "not part of a LoRA");
        assertRefused(file -> file, "has no tensors");
        assertRefused(
                file -> file.random("lora_transformer_x.lora_down.weight", List.of(1L, 1L))
                        .random("lora_transformer_x.lora_up.weight", List.of(1L, 1L)),
                "name of no layer");
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
