package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Settings whose LoRAs are judged.
 *
 * @param name what a reader calls them
 * @param builder makes a builder that holds them
 */
record JudgeMode(String name, Supplier<TrainingSpec.Builder> builder) {

    /** The default, and a cheap method. */
    static List<JudgeMode> usual() {
        return List.of(new JudgeMode("default", TrainingSpec::builder), new JudgeMode("noise", JudgeMode::noise));
    }

    /** These, and the default stopped early. */
    static List<JudgeMode> all() {
        return Stream.concat(usual().stream(), Stream.of(12, 25, 50, 100, 200).map(JudgeMode::after))
                .toList();
    }

    /** The default with fewer iterations, whose LoRAs show what the gap tells. */
    private static JudgeMode after(int iterations) {
        return new JudgeMode("after-" + iterations, () -> TrainingSpec.builder().iterations(iterations));
    }

    /** Noise at high timesteps alone, and prompts to preserve at the same latents; cheap. */
    private static TrainingSpec.Builder noise() {
        return TrainingSpec.builder()
                .method(method ->
                        method.withLatents(LatentSource.noise()).withPreservation(Preservation.addingPrompts()))
                .iterations(120)
                .learningRate(4e-3)
                .learningRateSchedule(LearningRateSchedule.constant())
                .lora(LoraSpec.builder()
                        .rank(8)
                        .alpha(4)
                        .target(LoraTarget.FULL)
                        .build());
    }
}
