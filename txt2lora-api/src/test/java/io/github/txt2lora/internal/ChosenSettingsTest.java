package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.SettingsChosen;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ChosenSettingsTest {

    private static final PromptPair MAID =
            PromptPair.enhance("krnkmd").positive("maid").build();

    private static final PromptPair MIKO =
            PromptPair.enhance("tyankmk").positive("miko").build();

    private static final PromptPair KEPT = PromptPair.preserve("1girl").build();

    @Test
    void names_everything_that_was_left_to_the_training() {
        assertThat(ChosenSettings.event(training(TrainingSpec.builder(), MAID, MIKO, KEPT), 0.00123, Optional.empty()))
                .contains(
                        new SettingsChosen(
                                iterations(MAID, MIKO),
                                0.00123,
                                "Chosen: " + iterations(MAID, MIKO)
                                        + " iterations for 2 prompts with a new meaning; rank 16; optimizer Muon; learning rate 0.0012, derived from the first gradients"));
    }

    @Test
    void names_nothing_that_is_set() {
        assertThat(reason(TrainingSpec.builder().iterations(7)))
                .contains("Chosen: rank 4; optimizer AdamW; learning rate 0.0012, derived from the first gradients");
        assertThat(reason(TrainingSpec.builder().learningRate(0.00123)))
                .contains("Chosen: " + iterations(MAID)
                        + " iterations for 1 prompt with a new meaning; rank 4; optimizer AdamW");
        assertThat(reason(TrainingSpec.leco())).isEmpty();
    }

    @Test
    void names_no_learning_rate_without_iterations() {
        assertThat(reason(TrainingSpec.builder()
                        .method(method -> method.withStart(LoraStart.CLOSED_FORM))
                        .iterations(0)))
                .contains("Chosen: rank 4");
    }

    @Test
    void does_not_count_prompts_where_nothing_gets_a_new_meaning() {
        assertThat(ChosenSettings.event(training(TrainingSpec.builder().learningRate(1), KEPT), 1, Optional.empty()))
                .map(SettingsChosen::reason)
                .contains("Chosen: " + iterations(KEPT) + " iterations; rank 4; optimizer AdamW");
    }

    @Test
    void tells_how_samples_go_through_the_network_where_it_is_not_all_at_once() {
        assertThat(ChosenSettings.event(
                        training(TrainingSpec.builder().iterations(7).learningRate(1), MAID),
                        1,
                        Optional.of("samples go one by one")))
                .map(SettingsChosen::reason)
                .contains("Chosen: rank 4; optimizer AdamW; samples go one by one");
    }

    @Test
    void optimizers_that_find_or_scale_their_steps_have_reasons_of_their_own() {
        assertThat(reason(TrainingSpec.builder().iterations(7).optimizer(OptimizerSpec.prodigy())))
                .contains("Chosen: rank 4; learning rate 0.0012, since Prodigy finds the size of its steps itself");
        assertThat(reason(TrainingSpec.builder()
                        .iterations(7)
                        .optimizer(new OptimizerSpec.Adafactor(1e-30, 1e-3, 1, -0.8, OptionalDouble.empty(), 0, true))))
                .contains("Chosen: rank 4; learning rate 0.0012, since Adafactor scales its steps by the parameters");
    }

    private static int iterations(PromptPair... pairs) {
        return TrainingSpec.builder().build().iterationsFor(List.of(pairs), 1);
    }

    private static Optional<String> reason(TrainingSpec.Builder spec) {
        return ChosenSettings.event(training(spec, MAID), 0.00123, Optional.empty())
                .map(SettingsChosen::reason);
    }

    private static LoraTraining training(TrainingSpec.Builder spec, PromptPair... pairs) {
        LoraTraining.Builder training = LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("model.safetensors")))
                .spec(spec.build())
                .output(Path.of("lora"));
        for (PromptPair pair : pairs) {
            training.prompt(pair);
        }
        return training.build();
    }
}
