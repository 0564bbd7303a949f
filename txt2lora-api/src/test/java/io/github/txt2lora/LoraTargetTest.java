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
                .hasMessageStartingWith("target is \"" + regex + "\"; expected a regular expression");
    }

    @Test
    void rejects_a_regular_expression_that_is_too_long_to_compile() {
        String nested = "(".repeat(100_000) + ")".repeat(100_000);

        assertThatThrownBy(() -> LoraTarget.layers(nested))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("expected a regular expression of at most 200 characters");
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
