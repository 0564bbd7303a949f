package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraTargetTest {

    private static final String KEYS = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k";

    @Test
    void regular_expression_is_looked_for_anywhere_in_the_name() {
        assertThat(LoraTarget.layers("^mid_block\\..*to_[kv]$").matches(KEYS)).isTrue();
        assertThat(LoraTarget.layers("attn2").matches(KEYS)).isTrue();
        assertThat(LoraTarget.layers("^attn2").matches(KEYS)).isFalse();
        assertThat(LoraTarget.layers("ff|attn1").matches(KEYS)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "(", "attn[", "*"})
    void rejects_what_is_no_regular_expression(String regex) {
        assertThatThrownBy(() -> LoraTarget.layers(regex))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("target is \"" + regex + "\"; expected a regular expression");
    }

    @Test
    void rejects_a_regular_expression_that_is_too_long_to_compile() {
        String nested = "(".repeat(100_000) + ")".repeat(100_000);

        assertThatThrownBy(() -> LoraTarget.layers(nested))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("expected a regular expression of at most 1000 characters");
    }

    @Test
    void the_most_deeply_nested_regular_expression_and_the_most_often_repeated_one_are_searched() {
        assertThat(LoraTarget.layers("(".repeat(497) + "attn2" + ")".repeat(497))
                        .matches(KEYS))
                .isTrue();
        assertThat(LoraTarget.layers("((x?)(y?)){999999999}!").matches(KEYS)).isFalse();
    }

    @Test
    void tells_where_a_regular_expression_breaks_off() {
        assertThatThrownBy(() -> LoraTarget.layers("attn2|(to_[kv]"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("target is \"attn2|(to_[kv]\"; expected a regular expression such as attn2|ff"
                        + " (Unclosed group at 14)");
    }

    @ParameterizedTest
    @CsvSource({
        "mid_block, mid_block.attentions.0.proj_in, true",
        "mid, mid_block.attentions.0.proj_in, false",
        "down_blocks.1, down_blocks.1.resnets.0.conv1, true",
        "down_blocks.1, down_blocks.10.resnets.0.conv1, false",
        "lora_unet_mid_block_attentions_0_proj_in, mid_block.attentions.0.proj_in, true",
        "mid_block.attentions.0.transformer_blocks.0.attn1.to_out,"
                + " mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0, true",
        "IN00, conv_in, true",
        "IN04, down_blocks.1.attentions.0.proj_in, true",
        "IN04, down_blocks.1.resnets.0.conv1, true",
        "IN04, down_blocks.1.attentions.1.proj_in, false",
        "IN06, down_blocks.1.downsamplers.0.conv, true",
        "IN11, down_blocks.3.resnets.1.conv2, true",
        "MID, mid_block.resnets.1.conv1, true",
        "M01, mid_block.attentions.0.proj_out, true",
        "M01, mid_block.resnets.1.conv1, false",
        "OUT03, up_blocks.1.attentions.0.proj_in, true",
        "OUT05, up_blocks.1.attentions.2.proj_in, true",
        "OUT05, up_blocks.1.upsamplers.0.conv, true",
        "OUT11, up_blocks.3.resnets.2.conv1, true",
        "OUT11, up_blocks.3.resnets.1.conv1, false",
    })
    void a_name_means_a_layer_or_all_layers_of_a_block(String name, String layer, boolean isMeant) {
        assertThat(LoraTarget.names(name).matches(layer)).isEqualTo(isMeant);
        assertThat(LoraTarget.names("none", name).matches(layer)).isEqualTo(isMeant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mid block", "attn2.*", "a,b", "(mid_block)"})
    void rejects_what_is_no_name(String name) {
        assertThatThrownBy(() -> LoraTarget.names("mid_block", name))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("target is \"" + name + "\"; expected the name of a layer or block");
    }

    @Test
    void rejects_a_list_without_names() {
        assertThatThrownBy(() -> LoraTarget.names(List.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("target is \"0 names\"; expected 1 to 2000 names of layers or blocks");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(.*)*(.*)*(.*)*!", "(.*_?){12}!", "(([a-z._0-9]+)*)*!"})
    void a_regular_expression_that_backtracks_without_end_is_refused(String regex) {
        LoraTarget target = LoraTarget.layers(regex);

        assertThatThrownBy(() -> target.matches(KEYS))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("target is", regex, KEYS, "nested repetitions");
    }

    @Test
    void equals_what_has_the_same_name() {
        assertThat(LoraTarget.layers("attn2"))
                .isEqualTo(LoraTarget.layers("attn2"))
                .hasSameHashCodeAs(LoraTarget.layers("attn2"))
                .hasToString("layers(attn2)")
                .isNotEqualTo(LoraTarget.layers("attn1"))
                .isNotEqualTo(LoraTarget.XATTN);
        assertThat(LoraTarget.named())
                .extracting(LoraTarget::name)
                .containsExactly("AUTO", "FULL", "SELFATTN", "XATTN", "NOXATTN", "INNOXATTN");
    }
}
