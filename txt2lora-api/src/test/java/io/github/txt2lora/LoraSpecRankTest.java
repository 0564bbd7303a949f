package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.internal.TrainingFingerprint;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LoraSpecRankTest {

    private static final PromptPair MAID =
            PromptPair.enhance("krnkmd").positive("maid").build();
    private static final PromptPair MIKO =
            PromptPair.enhance("tyankmk").positive("miko").build();
    private static final PromptPair KEPT = PromptPair.preserve("1girl").build();

    @Test
    void several_targets_get_more_room_than_one() {
        assertThat(rank(LoraSpec.builder().build(), MAID, KEPT)).hasValue(4);
        assertThat(rank(LoraSpec.builder().build(), MAID, MIKO)).hasValue(16);
    }

    @Test
    void the_ends_of_a_slider_are_one_target() {
        Slider slider = Slider.between("short hair", "long hair").of("1girl");

        assertThat(rank(LoraSpec.builder().build(), slider.pairs().toArray(PromptPair[]::new)))
                .hasValue(4);
    }

    @Test
    void a_rank_that_is_set_holds() {
        assertThat(rank(LoraSpec.builder().rank(4).build(), MAID, MIKO)).hasValue(4);
        assertThat(rank(LoraSpec.builder().rank(64).build(), MAID)).hasValue(64);
        assertThat(LoraSpec.builder().rank(4).rank(OptionalInt.empty()).build())
                .isEqualTo(LoraSpec.builder().build());
    }

    @Test
    void rejects_a_rank_below_1() {
        assertThatThrownBy(() -> LoraSpec.builder().rank(OptionalInt.of(0)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("rank is 0");
    }

    @Test
    void a_rank_that_was_chosen_is_the_same_training_as_that_rank_set() {
        assertThat(fingerprint(LoraSpec.builder().build()))
                .isEqualTo(fingerprint(LoraSpec.builder().rank(16).build()));
    }

    private static Object fingerprint(LoraSpec lora) {
        return TrainingFingerprint.of(TrainingSpec.builder().lora(lora).build(), List.of(MAID, MIKO), "digest");
    }

    private static OptionalInt rank(LoraSpec lora, PromptPair... prompts) {
        return LoraTraining.builder()
                .name("both")
                .model(ModelSource.file(Path.of("model.safetensors")))
                .prompts(List.of(prompts))
                .spec(TrainingSpec.builder().lora(lora).build())
                .output(Path.of("lora"))
                .build()
                .spec()
                .lora()
                .rank();
    }
}
