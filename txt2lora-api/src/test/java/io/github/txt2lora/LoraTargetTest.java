package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
                .hasMessageStartingWith("target is \"" + regex + "\"; expected a regular expression such as attn2|ff");
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
                .containsExactly("FULL", "SELFATTN", "XATTN", "NOXATTN", "INNOXATTN");
    }
}
