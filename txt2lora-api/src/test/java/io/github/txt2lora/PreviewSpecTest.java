package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.PreviewRequests;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

class PreviewSpecTest {

    private static LoraTraining.Builder training(PreviewSpec preview) {
        return LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("model.safetensors")))
                .prompt(PromptPair.enhance("krnkmd (alt)")
                        .positive("maid")
                        .resolution(96, 64)
                        .build())
                .prompt(PromptPair.preserve("1girl").build())
                .output(Path.of("lora/krnkmd"))
                .preview(preview);
    }

    @Test
    void a_training_draws_nothing_unless_it_is_asked_to() {
        LoraTraining training = LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("model.safetensors")))
                .prompt(PromptPair.enhance("krnkmd").build())
                .output(Path.of("lora"))
                .build();

        assertThat(training.preview()).isEqualTo(PreviewSpec.off());
        assertThat(training.preview().isOn()).isFalse();
        assertThat(training.preview().isDueAfter(50)).isFalse();
    }

    @Test
    void is_due_after_each_multiple_of_its_iterations() {
        assertThat(PreviewSpec.every(50).isDueAfter(0)).isFalse();
        assertThat(PreviewSpec.every(50).isDueAfter(49)).isFalse();
        assertThat(PreviewSpec.every(50).isDueAfter(50)).isTrue();
        assertThat(PreviewSpec.every(50).isDueAfter(100)).isTrue();
    }

    @Test
    void draws_what_is_taught_to_the_letter_at_the_size_of_the_training() {
        List<ImageRequest> requests =
                PreviewRequests.of(training(PreviewSpec.every(50)).build());

        assertThat(requests).singleElement().satisfies(request -> {
            assertThat(request.prompt()).isEqualTo("krnkmd \\(alt\\)");
            assertThat(request.height()).isEqualTo(96);
            assertThat(request.width()).isEqualTo(64);
            assertThat(request.seed()).isEqualTo(1);
            assertThat(request.loras()).singleElement().satisfies(lora -> {
                assertThat(lora.file()).isEqualTo(Path.of("lora/krnkmd/krnkmd.safetensors"));
                assertThat(lora.weight()).isEqualTo(1);
            });
        });
    }

    @Test
    void draws_each_prompt_from_each_seed_and_a_slider_at_both_weights() {
        PreviewSpec preview = PreviewSpec.every(1).toBuilder()
                .prompts("a", "b")
                .seeds(List.of(3L, 4L))
                .loraWeight(0.5)
                .size(128, 64)
                .build();
        List<PromptPair> slider = Slider.between("short hair", "long hair").pairs();

        List<ImageRequest> requests =
                PreviewRequests.of(training(preview).prompts(slider).build());

        assertThat(requests)
                .extracting(request -> request.prompt()
                        + request.seed()
                        + (request.loras().get(0).weight() < 0 ? "-" : "+"))
                .containsExactly("a3-", "a3+", "a4-", "a4+", "b3-", "b3+", "b4-", "b4+");
        assertThat(requests).allSatisfy(request -> {
            assertThat(request.width()).isEqualTo(128);
            assertThat(request.height()).isEqualTo(64);
        });
    }

    @Test
    void of_many_words_the_first_few_are_drawn() {
        LoraTraining.Builder training = training(PreviewSpec.every(1).toBuilder()
                .seeds(LongStream.range(0, 8).boxed().toList())
                .build());
        for (int i = 0; i < 10; i++) {
            training.prompt(PromptPair.enhance("word" + i).positive("maid").build());
        }

        assertThat(PreviewRequests.of(training.build())).hasSize(16);
        assertThat(PreviewRequests.of(training.preview(PreviewSpec.every(1)).build()))
                .hasSize(4);
    }

    @Test
    void files_lie_beside_the_lora_or_where_they_are_wanted() {
        LoraTraining training = training(PreviewSpec.every(50)).build();

        assertThat(training.preview().file(training, 50, 0))
                .isEqualTo(Path.of("lora/krnkmd/preview/krnkmd-000050-0.png"));
        assertThat(training.preview().file(training, 1234567, 12))
                .isEqualTo(Path.of("lora/krnkmd/preview/krnkmd-1234567-12.png"));
        PreviewSpec elsewhere =
                PreviewSpec.every(50).toBuilder().folder(Path.of("seen")).build();
        assertThat(elsewhere.file(training, 50, 1)).isEqualTo(Path.of("seen/krnkmd-000050-1.png"));
    }

    static final List<Arguments> WRONG = List.of(
            wrong("preview everyIterations is -1; expected 0 or more", with -> with.everyIterations(-1)),
            wrong("preview seeds is empty; expected at least one number", with -> with.seeds(List.of())),
            wrong("preview steps is 0; expected a number from 1 to 1000", with -> with.steps(0)),
            wrong("preview guidanceScale is NaN; expected a finite number", with -> with.guidanceScale(Double.NaN)),
            wrong("preview width is 65; expected a multiple of 8", with -> with.width(OptionalInt.of(65))),
            wrong(
                    "preview mostShare is 0.0; expected a number greater than 0 and at most 1",
                    with -> with.mostShare(0)),
            wrong("preview mostShare is 1.1; expected", with -> with.mostShare(1.1)),
            wrong(
                    "preview prompts and seeds make 18 images; expected at most 16",
                    with -> with.prompts("a", "b")
                            .seeds(LongStream.range(0, 9).boxed().toList())));

    private static Arguments wrong(String message, UnaryOperator<PreviewSpec.Builder> change) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest
    @FieldSource("WRONG")
    void rejects(String message, UnaryOperator<PreviewSpec.Builder> change) {
        assertThatThrownBy(() -> change.apply(PreviewSpec.builder()).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void rejects_no_iterations_where_previews_are_wanted() {
        assertThatThrownBy(() -> PreviewSpec.every(0))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("preview everyIterations is 0; expected 1 or more");
    }

    @Test
    void copies_hold_the_same_values() {
        PreviewSpec spec = PreviewSpec.every(7).toBuilder()
                .prompts("a")
                .negativePrompt("b")
                .seeds(List.of(5L))
                .steps(3)
                .guidanceScale(2)
                .scheduler(SchedulerType.EULER)
                .size(64, 72)
                .loraWeight(-1)
                .mostShare(0.5)
                .files(false)
                .folder(Path.of("seen"))
                .build();

        assertThat(spec.toBuilder().build()).isEqualTo(spec);
    }
}
