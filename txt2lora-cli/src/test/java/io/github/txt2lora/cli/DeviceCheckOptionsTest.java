package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.Memory;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** Options of the check of a device reach the engine that is checked. */
class DeviceCheckOptionsTest {

    @Command(name = "check")
    private static final class Checking {
        @Mixin
        private DeviceCheckOptions device;
    }

    private static EngineOptions engine(String... args) {
        var command = new Checking();
        new CommandLine(command).parseArgs(args);
        return command.device.engine();
    }

    @Test
    void how_to_compute_is_checked_too() {
        assertThat(engine("--device=cuda:1", "--threads=3", "--memory=SAVE", "--tf32", "--deterministic"))
                .isEqualTo(EngineOptions.builder()
                        .device(Device.cuda(1))
                        .threads(3)
                        .memory(Memory.SAVE)
                        .allowTf32(true)
                        .deterministic(true)
                        .build());
    }

    @Test
    void nothing_given_is_what_engines_do_by_default() {
        assertThat(engine()).isEqualTo(EngineOptions.builder().build());
    }

    @Test
    void a_wrong_value_is_a_mistake_in_the_command() {
        assertThatThrownBy(() -> engine("--threads=-1"))
                .isInstanceOf(ParameterException.class)
                .hasMessage("threads is -1; expected 0 or more");
    }
}
