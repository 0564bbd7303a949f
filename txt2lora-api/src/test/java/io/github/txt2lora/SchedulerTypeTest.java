package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SchedulerTypeTest {

    @ParameterizedTest
    @EnumSource
    void is_found_by_its_own_name_and_that_of_the_web_ui(SchedulerType scheduler) {
        assertThat(SchedulerType.parse(scheduler.name())).isEqualTo(scheduler);
        assertThat(SchedulerType.parse(" " + scheduler.displayName().toUpperCase(Locale.ROOT)))
                .isEqualTo(scheduler);
    }

    @ParameterizedTest
    @CsvSource({
        "EulerAncestralDiscreteScheduler, EULER_ANCESTRAL",
        "DPMSolverMultistepScheduler, DPMPP_2M",
        "UniPCMultistepScheduler, UNIPC"
    })
    void is_found_by_the_name_in_diffusers(String name, SchedulerType scheduler) {
        assertThat(SchedulerType.parse(name)).isEqualTo(scheduler);
    }

    @Test
    void an_unknown_name_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> SchedulerType.parse("Eular a"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("scheduler is \"Eular a\"; expected one of DDIM, DDPM, LMS, Euler, Euler a, DPM++ 2M,"
                        + " DPM++ 2M Karras, UniPC; did you mean Euler a?");
    }
}
