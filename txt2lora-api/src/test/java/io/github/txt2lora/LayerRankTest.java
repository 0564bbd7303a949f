package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerRankTest {

    private static final String MIDDLE = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k";
    private static final String DOWN = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k";

    @Test
    void the_last_rank_that_means_a_layer_holds_and_the_rank_of_the_lora_holds_elsewhere() {
        LoraSpec spec = LoraSpec.builder()
                .rank(4)
                .rank(LoraTarget.names("mid_block", "down_blocks"), 8)
                .rank(LoraTarget.layers("^mid_block.*attn2"), 16)
                .build();

        assertThat(spec.rankOf(MIDDLE)).isEqualTo(16);
        assertThat(spec.rankOf(DOWN)).isEqualTo(8);
        assertThat(spec.rankOf("up_blocks.0.attentions.0.proj_in")).isEqualTo(4);
        assertThat(spec.toBuilder().build()).isEqualTo(spec);
        assertThat(spec).isNotEqualTo(LoraSpec.builder().rank(4).build());
    }

    @Test
    void numbers_of_blocks_are_in_the_order_of_kohya() {
        List<LayerRank> ranks =
                LayerRank.ofBlocks(IntStream.range(0, 25).boxed().toList());

        LoraSpec spec = LoraSpec.builder().layerRanks(ranks).build();
        assertThat(spec.rankOf("conv_in")).isZero();
        assertThat(spec.rankOf(DOWN)).isEqualTo(1);
        assertThat(spec.rankOf("down_blocks.3.resnets.1.conv1")).isEqualTo(11);
        assertThat(spec.rankOf(MIDDLE)).isEqualTo(12);
        assertThat(spec.rankOf("up_blocks.0.resnets.0.conv1")).isEqualTo(13);
        assertThat(spec.rankOf("up_blocks.3.attentions.2.proj_in")).isEqualTo(24);
    }

    @Test
    void numbers_of_sdxl_split_the_middle_block() {
        LoraSpec spec = LoraSpec.builder()
                .layerRanks(LayerRank.ofBlocks(IntStream.range(0, 23).boxed().toList()))
                .build();

        assertThat(spec.rankOf("time_embedding.linear_1")).isZero();
        assertThat(spec.rankOf("conv_in")).isEqualTo(1);
        assertThat(spec.rankOf("down_blocks.2.attentions.1.proj_in")).isEqualTo(9);
        assertThat(spec.rankOf("mid_block.resnets.0.conv1")).isEqualTo(10);
        assertThat(spec.rankOf(MIDDLE)).isEqualTo(11);
        assertThat(spec.rankOf("mid_block.resnets.1.conv1")).isEqualTo(12);
        assertThat(spec.rankOf("up_blocks.0.attentions.0.proj_in")).isEqualTo(13);
        assertThat(spec.rankOf("conv_out")).isEqualTo(22);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12, 24, 26})
    void rejects_another_number_of_blocks(int count) {
        assertThatThrownBy(() -> LayerRank.ofBlocks(Collections.nCopies(count, 4)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "layerRanks is \"" + count + " numbers\"; expected 25 for the blocks of Stable Diffusion 1.x"
                                + " or 2.x, or 23 for those of SDXL");
    }

    @Test
    void rejects_a_negative_rank_and_layers_that_depend_on_the_model() {
        assertThatThrownBy(() -> new LayerRank(LoraTarget.XATTN, -1))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("rank is -1; expected 0 or more");
        assertThatThrownBy(() -> new LayerRank(LoraTarget.AUTO, 4))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("layers is AUTO; expected");
    }
}
