package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoraModulesTest {

    private static final String BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0.";
    private static final List<String> ATTENTION = List.of("to_q", "to_k", "to_v", "to_out.0");

    /** A level with one transformer and one resnet, and layers outside of blocks. */
    private static final Map<String, List<Long>> SHAPES = shapes();

    private static Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put("conv_in.weight", List.of(32L, 4L, 3L, 3L));
        shapes.put("time_embedding.linear_1.weight", List.of(128L, 32L));
        shapes.put("down_blocks.0.resnets.0.conv1.weight", List.of(32L, 32L, 3L, 3L));
        shapes.put("down_blocks.0.resnets.0.conv1.bias", List.of(32L));
        shapes.put("down_blocks.0.resnets.0.time_emb_proj.weight", List.of(32L, 128L));
        shapes.put("down_blocks.0.resnets.0.conv2.weight", List.of(32L, 32L, 3L, 3L));
        shapes.put("down_blocks.0.attentions.0.norm.weight", List.of(32L));
        shapes.put("down_blocks.0.attentions.0.proj_in.weight", List.of(32L, 32L, 1L, 1L));
        ATTENTION.forEach(layer -> shapes.put(BLOCK + "attn1." + layer + ".weight", List.of(32L, 32L)));
        ATTENTION.forEach(layer -> shapes.put(BLOCK + "attn2." + layer + ".weight", List.of(32L, 8L)));
        shapes.put(BLOCK + "ff.net.0.proj.weight", List.of(256L, 32L));
        shapes.put(BLOCK + "ff.net.2.weight", List.of(32L, 128L));
        shapes.put("down_blocks.0.attentions.0.proj_out.weight", List.of(32L, 32L, 1L, 1L));
        shapes.put("down_blocks.0.downsamplers.0.conv.weight", List.of(32L, 32L, 3L, 3L));
        return shapes;
    }

    private static List<String> names(LoraType type, LoraTarget target) {
        return new UNetLoraRules()
                .select(SHAPES, LoraSpec.builder().type(type).target(target).build()).stream()
                        .map(LoraModule::name)
                        .toList();
    }

    private static List<String> attention(String which) {
        return ATTENTION.stream().map(layer -> BLOCK + which + "." + layer).toList();
    }

    @Test
    void lierla_takes_transformers_and_c3lier_resnets_too_but_neither_what_is_outside_of_blocks() {
        assertThat(names(LoraType.LIERLA, LoraTarget.FULL)).hasSize(12).allMatch(name -> name.contains(".attentions."));
        assertThat(names(LoraType.C3LIER, LoraTarget.FULL))
                .hasSize(16)
                .contains("down_blocks.0.resnets.0.time_emb_proj", "down_blocks.0.downsamplers.0.conv");
    }

    @Test
    void xattn_is_cross_attention_alone_whatever_the_type() {
        assertThat(names(LoraType.LIERLA, LoraTarget.XATTN)).isEqualTo(attention("attn2"));
        assertThat(names(LoraType.C3LIER, LoraTarget.XATTN)).isEqualTo(attention("attn2"));
    }

    @Test
    void selfattn_is_self_attention_alone_whatever_the_type() {
        assertThat(names(LoraType.LIERLA, LoraTarget.SELFATTN)).isEqualTo(attention("attn1"));
        assertThat(names(LoraType.C3LIER, LoraTarget.SELFATTN)).isEqualTo(attention("attn1"));
    }

    @Test
    void innoxattn_is_everything_but_cross_attention() {
        for (LoraType type : LoraType.values()) {
            assertThat(names(type, LoraTarget.INNOXATTN))
                    .isEqualTo(names(type, LoraTarget.FULL).stream()
                            .filter(name -> !name.contains(".attn2."))
                            .toList());
        }
    }

    @Test
    void noxattn_leaves_out_what_takes_in_the_timestep_too() {
        List<String> expected = names(LoraType.C3LIER, LoraTarget.INNOXATTN).stream()
                .filter(name -> !name.endsWith(".time_emb_proj"))
                .toList();

        assertThat(names(LoraType.C3LIER, LoraTarget.NOXATTN)).hasSize(11).isEqualTo(expected);
    }

    @Test
    void unet_without_a_layer_of_that_kind_is_refused() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>(SHAPES);
        shapes.keySet().removeIf(name -> name.contains("attentions"));

        assertThatThrownBy(() -> new UNetLoraRules()
                        .select(
                                shapes,
                                LoraSpec.builder().target(LoraTarget.XATTN).build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("type LIERLA with target XATTN matches no layer of this UNet; choose target FULL");
    }

    @Test
    void auto_is_cross_attention_but_all_layers_with_convolutions_or_where_there_is_none() {
        assertThat(names(LoraType.LIERLA, LoraTarget.AUTO)).isEqualTo(attention("attn2"));
        assertThat(names(LoraType.C3LIER, LoraTarget.AUTO)).isEqualTo(names(LoraType.C3LIER, LoraTarget.FULL));

        Map<String, List<Long>> shapes = new LinkedHashMap<>(SHAPES);
        shapes.keySet().removeIf(name -> name.contains("attn2"));
        LoraSpec spec = LoraSpec.builder().target(LoraTarget.AUTO).build();
        assertThat(new UNetLoraRules().select(shapes, spec))
                .isNotEmpty()
                .isEqualTo(new UNetLoraRules()
                        .select(shapes, spec.toBuilder().target(LoraTarget.FULL).build()));
    }

    @Test
    void regular_expression_selects_among_the_layers_of_the_type() {
        assertThat(names(LoraType.LIERLA, LoraTarget.layers("attn2\\.to_[kv]$")))
                .isNotEmpty()
                .isEqualTo(names(LoraType.LIERLA, LoraTarget.XATTN).stream()
                        .filter(name -> name.endsWith("to_k") || name.endsWith("to_v"))
                        .toList());
        assertThat(names(LoraType.C3LIER, LoraTarget.layers("time_emb_proj"))).hasSize(1);
    }

    @Test
    void regular_expression_that_no_layer_matches_is_refused_with_the_name_of_one() {
        LoraSpec spec =
                LoraSpec.builder().target(LoraTarget.layers("attention2")).build();

        assertThatThrownBy(() -> new UNetLoraRules().select(SHAPES, spec))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("type LIERLA with target layers(attention2) matches no layer of this UNet, which has layers"
                        + " such as " + names(LoraType.LIERLA, LoraTarget.FULL).get(0) + "; choose target FULL");
    }

    @Test
    void names_select_layers_and_blocks_and_each_must_be_there() {
        assertThat(names(LoraType.LIERLA, LoraTarget.names("IN01", "down_blocks.0")))
                .isEqualTo(names(LoraType.LIERLA, LoraTarget.FULL));
        LoraSpec misspelled = LoraSpec.builder()
                .target(LoraTarget.names("down_blocks.0", "midblock"))
                .build();

        assertThatThrownBy(() -> new UNetLoraRules().select(SHAPES, misspelled))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("type LIERLA with target names(midblock) matches no layer of this UNet, which has layers"
                        + " such as " + names(LoraType.LIERLA, LoraTarget.FULL).get(0) + "; choose target FULL");
    }

    @Test
    void layers_of_rank_0_get_no_lora_and_others_the_rank_that_is_theirs() {
        LoraSpec spec = LoraSpec.builder()
                .target(LoraTarget.FULL)
                .rank(4)
                .rank(LoraTarget.XATTN, 0)
                .rank(LoraTarget.layers("ff"), 9)
                .build();

        List<LoraModule> selected = new UNetLoraRules().select(SHAPES, spec);

        assertThat(selected).extracting(LoraModule::name).isEqualTo(names(LoraType.LIERLA, LoraTarget.INNOXATTN));
        // proj_in, proj_out and self-attention of 32 to 32; of the feed-forward layers 32 to 256 and 128 to 32
        assertThat(LoraParameters.count(selected, spec)).isEqualTo(6 * 4 * 64 + 9 * (288 + 160));
        assertThat(BlockRanks.of(spec, selected, false, false)).isEmpty();
    }

    @Test
    void ranks_by_block_are_told_as_kohya_tells_them() {
        LoraSpec spec = LoraSpec.builder()
                .target(LoraTarget.FULL)
                .type(LoraType.C3LIER)
                .rank(4)
                .rank(LoraTarget.names("IN03"), 2)
                .build();

        List<LoraModule> selected = new UNetLoraRules().select(SHAPES, spec);

        assertThat(BlockRanks.of(spec, selected, false, false)).contains("0,4" + ",0".repeat(23));
        assertThat(BlockRanks.of(spec, selected, false, true)).contains("0,4,0,2" + ",0".repeat(21));
        assertThat(BlockRanks.of(spec, selected, true, true)).contains("0,0,4,0,2" + ",0".repeat(18));
    }

    @Test
    void numbers_of_all_blocks_may_be_more_than_a_small_model_has_but_must_be_those_of_its_kind() {
        LoraSpec spec = LoraSpec.builder()
                .target(LoraTarget.FULL)
                .layerRanks(
                        LayerRank.ofBlocks(IntStream.rangeClosed(1, 25).boxed().toList()))
                .build();
        LoraSpec ofSdxl = spec.toBuilder()
                .layerRanks(LayerRank.ofBlocks(Collections.nCopies(23, 4)))
                .build();

        assertThat(new UNetLoraRules().select(SHAPES, spec))
                .hasSize(12)
                .allMatch(layer -> spec.rankOf(layer.name()) == 2);
        assertThatThrownBy(() -> new UNetLoraRules().select(SHAPES, ofSdxl))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("layerRanks has the 23 blocks of SDXL; expected 25 numbers, as this is another model");
    }

    @Test
    void ranks_of_layers_that_are_not_trained_are_told() {
        LoraSpec spec = LoraSpec.builder()
                .rank(LoraTarget.SELFATTN, 8)
                .rank(LoraTarget.names("down_blocks"), 2)
                .build();

        assertThat(new UNetLoraRules().unusedRanks(new UNetLoraRules().select(SHAPES, spec), spec))
                .containsExactly(new LayerRank(LoraTarget.SELFATTN, 8));
    }

    @Test
    void ranks_for_layers_that_the_model_lacks_and_ranks_of_0_alone_are_refused() {
        LoraSpec spec = LoraSpec.builder().build();

        assertThatThrownBy(() -> new UNetLoraRules()
                        .select(
                                SHAPES,
                                spec.toBuilder()
                                        .rank(LoraTarget.names("conv_in", "OUT11"), 8)
                                        .build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "layerRanks has rank 8 for names(OUT11), but this UNet has no such layer; it has layers such"
                                + " as down_blocks.0.attentions.0.proj_in; expected names of layers or blocks, or a regular"
                                + " expression that matches some");
        assertThatThrownBy(() -> new UNetLoraRules()
                        .select(
                                SHAPES,
                                spec.toBuilder().rank(LoraTarget.FULL, 0).build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("layerRanks gives rank 0 to all 4 layers of type LIERLA with target AUTO; expected a rank"
                        + " above 0 for at least one");
    }

    @Test
    void rank_is_at_most_the_smaller_side() {
        assertThat(new LayerShape(32, List.of(8L)).maxRank()).isEqualTo(8);
    }
}
