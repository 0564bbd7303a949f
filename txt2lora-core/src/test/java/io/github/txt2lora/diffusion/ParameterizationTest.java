package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.family.Families;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParameterizationTest {

    private static final Parameterization VELOCITY = new Parameterization(PredictedQuantity.V_PREDICTION, false);
    private static final Parameterization ZERO_TERMINAL_SNR =
            new Parameterization(PredictedQuantity.V_PREDICTION, true);

    private final List<String> warnings = new ArrayList<>();

    @TempDir
    Path folder;

    private NoiseProcess of(Path model, PredictionType prediction, TerminalSnr terminalSnr) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return Families.standard().of(checkpoint).noiseProcess(checkpoint, prediction, terminalSnr, warnings::add);
        }
    }

    private NoiseProcess ofModel(Path model) {
        return of(model, PredictionType.FROM_MODEL, TerminalSnr.FROM_MODEL);
    }

    @ParameterizedTest
    @EnumSource(
            value = StableDiffusion.class,
            names = {"SD1", "SDXL"})
    void families_that_are_trained_on_noise_need_no_word(StableDiffusion family) {
        assertThat(ofModel(SyntheticCheckpoint.write(folder, family))).isEqualTo(Parameterization.EPSILON);
        assertThat(warnings).isEmpty();
    }

    @Test
    void a_guess_for_sd2_is_reported() {
        assertThat(ofModel(SyntheticCheckpoint.write(folder, StableDiffusion.SD2)))
                .isEqualTo(Parameterization.EPSILON);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains(folder.toString(), "assumed EPSILON", "set prediction to V_PREDICTION");
    }

    @ParameterizedTest
    @EnumSource(StableDiffusion.class)
    void the_user_decides_where_the_model_says_nothing(StableDiffusion family) {
        Path model = SyntheticCheckpoint.write(folder, family);
        assertThat(of(model, PredictionType.V_PREDICTION, TerminalSnr.FROM_MODEL))
                .isEqualTo(VELOCITY);
        assertThat(of(model, PredictionType.V_PREDICTION, TerminalSnr.ZERO)).isEqualTo(ZERO_TERMINAL_SNR);
        assertThat(of(model, PredictionType.EPSILON, TerminalSnr.ABOVE_ZERO)).isEqualTo(Parameterization.EPSILON);
        assertThat(warnings).isEmpty();
    }

    @Test
    void what_the_model_says_holds_and_a_contradiction_is_reported() {
        Path model = SyntheticCheckpoint.write(
                folder,
                StableDiffusion.SDXL,
                "{\"prediction_type\": \"v_prediction\", \"rescale_betas_zero_snr\": true}");
        assertThat(ofModel(model)).isEqualTo(ZERO_TERMINAL_SNR);
        assertThat(of(model, PredictionType.V_PREDICTION, TerminalSnr.ZERO)).isEqualTo(ZERO_TERMINAL_SNR);
        assertThat(warnings).isEmpty();

        assertThat(of(model, PredictionType.EPSILON, TerminalSnr.ABOVE_ZERO)).isEqualTo(ZERO_TERMINAL_SNR);
        assertThat(warnings)
                .hasSize(2)
                .anyMatch(warning -> warning.startsWith("terminalSnr is set to ABOVE_ZERO") && warning.contains("ZERO"))
                .anyMatch(warning ->
                        warning.startsWith("prediction is set to EPSILON") && warning.contains("says V_PREDICTION"));
    }

    @Test
    void zero_terminal_snr_alone_makes_v_prediction_the_reported_guess() {
        Path model = SyntheticCheckpoint.write(folder, StableDiffusion.SD1);
        assertThat(of(model, PredictionType.FROM_MODEL, TerminalSnr.ZERO)).isEqualTo(ZERO_TERMINAL_SNR);
        assertThat(warnings).singleElement().asString().contains("assumed V_PREDICTION");
    }

    @Test
    void rejects_epsilon_with_zero_terminal_snr() {
        Path model = SyntheticCheckpoint.write(folder, StableDiffusion.SD1);
        assertThatThrownBy(() -> of(model, PredictionType.EPSILON, TerminalSnr.ZERO))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("v-prediction");
    }
}
