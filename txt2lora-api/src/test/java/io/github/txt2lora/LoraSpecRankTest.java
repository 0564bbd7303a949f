package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.internal.TrainingFingerprint;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LoraSpecRankTest {

    private static final LoraSpec UNSET = LoraSpec.builder().build();

    private static final List<PromptPair> ONE =
            List.of(taught("krnkmd"), PromptPair.preserve("1girl").build());

    private static final List<PromptPair> SEVERAL = List.of(taught("krnkmd"), taught("tyankmk"));

    @Test
    void several_targets_get_more_room_than_one() {
        assertThat(UNSET.rankFor(ONE)).isEqualTo(4);
        assertThat(UNSET.rankFor(SEVERAL)).isEqualTo(16);
    }

    @Test
    void the_ends_of_a_slider_are_one_target() {
        Slider slider = Slider.between("short hair", "long hair").of("1girl");

        assertThat(UNSET.rankFor(slider.pairs())).isEqualTo(4);
    }

    @Test
    void a_rank_that_is_set_holds() {
        assertThat(LoraSpec.builder().rank(4).build().rankFor(SEVERAL)).isEqualTo(4);
        assertThat(LoraSpec.builder().rank(64).build().rankFor(ONE)).isEqualTo(64);
        assertThat(LoraSpec.builder().rank(4).rank(OptionalInt.empty()).build()).isEqualTo(UNSET);
    }

    @Test
    void a_training_that_gets_another_target_chooses_again() {
        LoraTraining one = LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("model.safetensors")))
                .prompts(ONE)
                .output(Path.of("lora"))
                .build();

        assertThat(one.lora().rank()).hasValue(4);
        assertThat(one.toBuilder().prompts(SEVERAL).build().lora().rank()).hasValue(16);
    }

    @Test
    void rejects_a_rank_below_1() {
        assertThatThrownBy(() -> LoraSpec.builder().rank(OptionalInt.of(0)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("rank is 0");
    }

    @Test
    void a_rank_and_an_optimizer_that_were_chosen_are_the_same_training_as_those_set() {
        TrainingSpec chosen = TrainingSpec.builder().build();
        TrainingSpec set = chosen.toBuilder()
                .lora(LoraSpec.builder().rank(16).build())
                .optimizer(OptimizerSpec.muon())
                .build();

        assertThat(fingerprint(chosen)).isEqualTo(fingerprint(set));
    }

    private static Object fingerprint(TrainingSpec spec) {
        return TrainingFingerprint.of(spec, SEVERAL, "digest");
    }

    private static PromptPair taught(String target) {
        return PromptPair.enhance(target).positive("maid").build();
    }
}
