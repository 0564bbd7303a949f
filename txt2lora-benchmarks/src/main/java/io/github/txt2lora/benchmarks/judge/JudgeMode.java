package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import java.util.function.Supplier;

/**
 * Settings whose LoRAs are judged.
 *
 * @param name what a reader calls them
 * @param builder makes a builder that holds them
 */
record JudgeMode(String name, Supplier<TrainingSpec.Builder> builder) {

    static List<JudgeMode> all() {
        return List.of(
                new JudgeMode("default", TrainingSpec::builder),
                new JudgeMode(
                        "quick-start",
                        () -> TrainingSpec.builder()
                                .iterations(120)
                                .learningRate(4e-3)
                                .lora(LoraSpec.builder().rank(8).alpha(4).build())));
    }
}
