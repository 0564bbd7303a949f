package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskDeviceTest {

    @ParameterizedTest
    @CsvSource({"auto, 3, cuda:3", "cuda:1, 0, cuda:0", "cpu, 2, cpu"})
    void the_gpu_of_a_task_is_its_device_unless_the_cpu_is_wanted(String wanted, String address, String device) {
        assertThat(device(wanted, gpus(address))).isEqualTo(Device.parse(device));
    }

    @ParameterizedTest
    @CsvSource({"auto, cpu", "cpu, cpu", "cuda:1, cuda:1"})
    void without_a_gpu_the_options_decide_and_automatically_it_is_the_cpu(String wanted, String device) {
        assertThat(device(wanted, Map.of())).isEqualTo(Device.parse(device));
        assertThat(device(wanted, gpus())).isEqualTo(Device.parse(device));
    }

    @Test
    void everything_else_stays_as_it_is() {
        EngineOptions options =
                EngineOptions.builder().threads(3).deterministic(true).build();

        assertThat(TaskDevice.of(options, gpus("1")))
                .isEqualTo(options.toBuilder().device(Device.cuda(1)).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GPU-8d2f", "MIG-1", "0000:3b:00.0", "12345", ""})
    void rejects_an_address_that_is_no_index(String address) {
        assertThatThrownBy(() -> device("auto", gpus(address)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(address)
                .hasMessageContaining("--query-gpu=index");
    }

    @Test
    void rejects_more_gpus_than_a_training_computes_on() {
        assertThatThrownBy(() -> device("auto", gpus("0", "1")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("spark.task.resource.gpu.amount is 2; expected 1");
    }

    private static Device device(String wanted, Map<String, ResourceInformation> resources) {
        EngineOptions options =
                EngineOptions.builder().device(Device.parse(wanted)).build();
        return TaskDevice.of(options, resources).device();
    }

    private static Map<String, ResourceInformation> gpus(String... addresses) {
        return Map.of("gpu", new ResourceInformation("gpu", addresses));
    }
}
