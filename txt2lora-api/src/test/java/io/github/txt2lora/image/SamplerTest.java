package io.github.txt2lora.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SamplerTest {

    @ParameterizedTest
    @EnumSource
    void is_found_by_its_own_name_and_that_of_the_web_ui(Sampler sampler) {
        assertThat(Sampler.parse(sampler.name())).isEqualTo(sampler);
        assertThat(Sampler.parse(" " + sampler.displayName().toUpperCase(Locale.ROOT)))
                .isEqualTo(sampler);
    }

    @ParameterizedTest
    @CsvSource({
        "EulerAncestralDiscreteScheduler, EULER_ANCESTRAL",
        "DPMSolverMultistepScheduler, DPMPP_2M",
        "UniPCMultistepScheduler, UNIPC"
    })
    void is_found_by_the_name_in_diffusers(String name, Sampler sampler) {
        assertThat(Sampler.parse(name)).isEqualTo(sampler);
    }

    @Test
    void an_unknown_name_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> Sampler.parse("Eular a"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("sampler is \"Eular a\"; expected one of DDIM, DDPM, LMS, Euler, Euler a, DPM++ 2M,"
                        + " DPM++ 2M Karras, UniPC; did you mean Euler a?");
    }
}
