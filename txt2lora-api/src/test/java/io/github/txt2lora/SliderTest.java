package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import org.junit.jupiter.api.Test;

class SliderTest {

    private static final Slider HAIR =
            Slider.between("short hair", "long hair").of("1girl").withResolution(96);

    @Test
    void teaches_each_end_at_the_strength_of_its_sign() {
        assertThat(HAIR.pairs())
                .containsExactly(
                        PromptPair.enhance("1girl")
                                .positive("1girl,long hair")
                                .unconditional("1girl,short hair")
                                .neutral("1girl")
                                .guidanceScale(0.75)
                                .resolution(96)
                                .build(),
                        PromptPair.enhance("1girl")
                                .positive("1girl,short hair")
                                .unconditional("1girl,long hair")
                                .neutral("1girl")
                                .guidanceScale(0.75)
                                .resolution(96)
                                .multiplier(-1)
                                .build());
    }

    @Test
    void preserves_what_it_keeps() {
        assertThat(HAIR.keeping("2girls", "").pairs())
                .hasSize(4)
                .contains(
                        PromptPair.preserve("2girls").resolution(96).build(),
                        PromptPair.preserve("").resolution(96).build());
    }

    @Test
    void acts_on_the_empty_prompt_without_a_target() {
        assertThat(Slider.between("short hair", "long hair").keeping("2girls").pairs())
                .extracting(PromptPair::target, PromptPair::positive, PromptPair::multiplier)
                .startsWith(tuple("", "long hair", 1.0), tuple("", "short hair", -1.0));
    }

    @Test
    void rejects_blank_and_equal_ends() {
        assertThatThrownBy(() -> Slider.between(" ", "long hair"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("low");
        assertThatThrownBy(() -> Slider.between("short hair", ""))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("high");
        assertThatThrownBy(() -> Slider.between("Long  hair", "long hair "))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("other words than those of the low end");
    }

    @Test
    void takes_another_guidance_scale() {
        assertThat(HAIR.withGuidanceScale(2).pairs())
                .extracting(PromptPair::guidanceScale)
                .containsExactly(2.0, 2.0);
        assertThatThrownBy(() -> HAIR.withGuidanceScale(0))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("guidanceScale is 0");
    }

    @Test
    void rejects_keeping_its_own_target() {
        assertThatThrownBy(() -> HAIR.keeping("1Girl"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("prompts other than the slider's target");
    }
}
