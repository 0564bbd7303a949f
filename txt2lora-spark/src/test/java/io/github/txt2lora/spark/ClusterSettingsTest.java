package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class ClusterSettingsTest {

    private final SparkConf conf =
            new SparkConf(false).set("spark.plugins", "a.Plugin, " + TrainingPlugin.class.getName());

    @Test
    void reads_how_often_a_task_is_tried() {
        assertThat(ClusterSettings.of(conf).mostAttempts()).isEqualTo(4);
        assertThat(ClusterSettings.of(conf.set("spark.task.maxFailures", "9")).mostAttempts())
                .isEqualTo(9);
    }

    @Test
    void accepts_a_part_of_a_gpu_for_a_task() {
        assertThat(ClusterSettings.of(conf.set("spark.task.resource.gpu.amount", "0.5")))
                .isNotNull();
    }

    @Test
    void rejects_a_context_without_the_plugin() {
        assertThatThrownBy(() -> ClusterSettings.of(new SparkConf(false)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("spark.plugins is \"\"; expected " + TrainingPlugin.class.getName());
    }

    @Test
    void rejects_two_tasks_for_one_lora() {
        assertThatThrownBy(() -> ClusterSettings.of(conf.set("spark.speculation", "true")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("spark.speculation is true; expected false");
    }

    @Test
    void rejects_several_gpus_for_a_task() {
        assertThatThrownBy(() -> ClusterSettings.of(conf.set("spark.task.resource.gpu.amount", "2")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("spark.task.resource.gpu.amount is \"2\"; expected 1");
    }
}
