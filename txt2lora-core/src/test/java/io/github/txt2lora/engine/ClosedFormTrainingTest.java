package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Trainings whose LoRA begins with a solution in closed form. */
class ClosedFormTrainingTest {

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private static TrainingSpec.Builder spec(int iterations) {
        return Tiny.spec(1)
                .method(Tiny.keeping(new LatentSource.Noise(4, 700)).withStart(LoraStart.CLOSED_FORM))
                .iterations(iterations)
                .stopping(stopping -> stopping.withMeasureQuality(true));
    }

    private TrainedLora train(TrainingSpec.Builder spec) {
        return engine.train(Tiny.training(folder, spec).build());
    }

    private static double largestUp(Path lora, String module) {
        double largest = 0;
        try (SafetensorsFile file = SafetensorsFile.open(lora)) {
            for (var tensor : file.tensors()) {
                if (tensor.name().contains(module) && tensor.name().contains("lora_up")) {
                    for (float value : tensor.toFloats()) {
                        largest = Math.max(largest, Math.abs(value));
                    }
                }
            }
        }
        return largest;
    }

    @Test
    void a_lora_needs_no_iteration() {
        TrainedLora lora = train(spec(0));

        assertThat(lora.iterations()).isZero();
        assertThat(lora.losses()).isEmpty();
        LoraQuality quality = lora.quality().orElseThrow();
        assertThat(quality.gap()).isNotEqualTo(1).isPositive();
        assertThat(quality.driftAtStart()).isEqualTo(quality.drift()).isPositive();
        assertThat(largestUp(lora.file(), "attn2_to_k")).isPositive();
        assertThat(largestUp(lora.file(), "attn1_to_k")).isZero();
    }

    @Test
    void a_training_goes_on_from_it() {
        TrainedLora alone = train(spec(0));
        double before = largestUp(alone.file(), "attn2_to_v");

        TrainedLora trained = train(spec(1).learningRate(1e-6));

        assertThat(trained.losses()).hasSize(1);
        assertThat(largestUp(trained.file(), "attn2_to_v")).isBetween(before - 1e-5, before + 1e-5);
        assertThat(largestUp(trained.file(), "attn1_to_k")).isPositive();
    }

    @Test
    void a_lora_without_keys_and_values_of_cross_attention_starts_at_zero_with_a_warning() {
        TrainingSpec.Builder selfAttention =
                spec(1).lora(LoraSpec.builder().target(LoraTarget.SELFATTN).build());

        assertThat(train(selfAttention).warnings())
                .singleElement()
                .asString()
                .contains("SELFATTN", "it starts at zero");
        assertThatThrownBy(() -> train(selfAttention.iterations(0)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("attn2.to_k");
    }
}
