package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {

    @Test
    void reads_the_names_that_it_documents() {
        assertThat(Device.parse("auto")).isEqualTo(Device.auto());
        assertThat(Device.parse(" CPU ")).isEqualTo(Device.cpu());
        assertThat(Device.parse("cuda")).isEqualTo(Device.cuda()).isEqualTo(Device.cuda(0));
        assertThat(Device.parse("cuda:1")).isEqualTo(Device.cuda(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu", "cuda:0", "cuda:12"})
    void prints_as_it_is_read(String text) {
        assertThat(Device.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "cuda:99999999999"})
    void rejects_other_text(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("device is \"" + text + "\"; expected auto, cpu, cuda or cuda:0");
    }

    @Test
    void rejects_an_index_where_there_is_only_one() {
        assertThatThrownBy(() -> Device.cuda(-1)).hasMessage("device index is -1; expected 0 or more");
        assertThatThrownBy(() -> new Device(Device.Kind.CPU, 1)).isInstanceOf(InvalidSettingException.class);
    }

    @Test
    void engines_compute_on_the_best_device_by_default() {
        assertThat(EngineOptions.builder().build())
                .isEqualTo(new EngineOptions(
                        Device.auto(), 0, CancelMode.SUSPEND, Optional.empty(), 2L << 30, false, false, Memory.AUTO));
        assertThatThrownBy(() -> EngineOptions.builder().threads(-1))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("threads is -1; expected 0 or more");

        EngineOptions options = new EngineOptions(
                Device.cuda(1), 3, CancelMode.KEEP, Optional.of(Path.of("cache")), 1, true, true, Memory.SAVE);
        assertThat(options.toBuilder().build()).isEqualTo(options);
    }
}
