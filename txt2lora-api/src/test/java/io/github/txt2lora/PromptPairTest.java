package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptPairTest {

    @Test
    void defaults_are_those_of_leco() {
        PromptPair pair = PromptPair.enhance("krnkmd").build();

        assertThat(pair)
                .isEqualTo(new PromptPair(
                        "krnkmd",
                        "krnkmd",
                        "",
                        "",
                        PromptAction.ENHANCE,
                        1.0,
                        512,
                        512,
                        1,
                        false,
                        false,
                        1,
                        1,
                        List.of(),
                        1));
    }

    @Test
    void neutral_follows_unconditional_unless_it_is_set() {
        PromptPair.Builder builder = PromptPair.erase("cat").unconditional("animal");

        assertThat(builder.build().neutral()).isEqualTo("animal");
        assertThat(builder.neutral("").build().neutral()).isEmpty();
        assertThat(builder.build().action()).isEqualTo(PromptAction.ERASE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void rejects_a_blank_target_at_the_call(String target) {
        assertThatThrownBy(() -> PromptPair.enhance(target))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("target is \"");
        assertThatThrownBy(() -> PromptPair.erase(target)).isInstanceOf(InvalidSettingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1girl"})
    void preserving_aims_at_the_base_models_own_prediction(String prompt) {
        PromptPair pair = PromptPair.preserve(prompt).build();

        assertThat(pair)
                .isEqualTo(new PromptPair(
                        prompt,
                        prompt,
                        "",
                        "",
                        PromptAction.ENHANCE,
                        1.0,
                        512,
                        512,
                        1,
                        false,
                        false,
                        1,
                        1,
                        List.of(),
                        1));
        assertThat(pair.preserves()).isTrue();
    }

    @Test
    void only_an_unchanged_goal_counts_as_preserving() {
        PromptPair pair = PromptPair.preserve("1girl").build();

        assertThat(pair.toBuilder().guidanceScale(2).build().preserves()).isFalse();
        assertThat(pair.toBuilder().positive("cat").build().preserves()).isFalse();
        assertThat(pair.toBuilder().neutral("cat").build().preserves()).isFalse();
        assertThat(PromptPair.erase("1girl").build().preserves()).isFalse();
    }

    @Test
    void a_goal_that_comes_to_the_target_in_another_way_counts_as_preserving() {
        assertThat(PromptPair.enhance("Cat  girl").positive(" cat girl").build().preserves())
                .isTrue();
        assertThat(PromptPair.erase("cat").guidanceScale(-1).build().preserves())
                .isTrue();
        assertThat(PromptPair.erase("cat")
                        .positive("a")
                        .unconditional("a")
                        .neutral("cat")
                        .guidanceScale(0.1)
                        .build()
                        .preserves())
                .isTrue();
        assertThat(PromptPair.enhance("cat")
                        .positive("dog")
                        .neutral("cat")
                        .guidanceScale(0)
                        .build()
                        .preserves())
                .isTrue();
        assertThat(PromptPair.enhance("cat").guidanceScale(0).build().preserves())
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void says_in_plain_words_what_it_does(PromptPair pair, String words) {
        assertThat(pair.inWords()).isEqualTo(words);
    }

    static Stream<Arguments> pairs() {
        PromptPair.Builder maid = PromptPair.enhance("krnkmd").positive("short hair, maid");
        return Stream.of(
                arguments(maid.build(), "krnkmd learns: short hair, maid"),
                arguments(maid.neutral("1girl").build(), "krnkmd learns: short hair, maid, added to 1girl"),
                arguments(
                        maid.unconditional("boy").guidanceScale(1.5).build(),
                        "krnkmd learns: short hair, maid, compared with boy, 1.5 times, added to 1girl"),
                arguments(
                        PromptPair.enhance("cat")
                                .guidanceScale(0)
                                .neutral("dog")
                                .build(),
                        "cat learns: dog"),
                arguments(PromptPair.enhance("cat").guidanceScale(0).build(), "cat learns: the empty prompt"),
                arguments(PromptPair.enhance("1girl").build(), "1girl is kept"),
                arguments(PromptPair.preserve("").build(), "the empty prompt is kept"),
                arguments(PromptPair.erase("cat").build(), "cat is erased"),
                arguments(
                        PromptPair.erase("cat").neutral("dog").guidanceScale(2).build(),
                        "cat is erased, 2 times, becoming dog"),
                arguments(PromptPair.erase("1girl").positive("ears").build(), "1girl loses: ears"),
                arguments(
                        PromptPair.erase("girl")
                                .positive("ears")
                                .neutral("1girl")
                                .build(),
                        "girl loses: ears, taken from 1girl"),
                arguments(PromptPair.erase("a\u001b[1m\u202eb").build(), "a\\u001b[1m\\u202eb is erased"));
    }

    @Test
    void rejects_a_new_meaning_for_the_empty_prompt() {
        PromptPair.Builder builder = PromptPair.preserve("").positive("cat");

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("target is \"\"; expected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100 | resolution is 100; expected a multiple of 8, for example 96 or 104",
                "7 | resolution is 7; expected a multiple of 8, for example 8",
                "2147483647 | resolution is 2147483647; expected a multiple of 8, for example 2147483640",
                "0 | resolution is 0; expected a positive multiple of 8, for example 512",
                "-8 | resolution is -8; expected a positive multiple of 8, for example 512"
            })
    void rejects_a_resolution_that_no_latents_have(int resolution, String message) {
        PromptPair.Builder builder = PromptPair.enhance("krnkmd");

        assertThatThrownBy(() -> builder.resolution(resolution))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(message);
    }

    @Test
    void rejects_an_empty_batch() {
        assertThatThrownBy(() -> PromptPair.enhance("krnkmd").batchSize(0))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("batchSize is 0; expected 1 or more");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void rejects_guidance_that_is_not_finite(double guidanceScale) {
        assertThatThrownBy(() -> PromptPair.enhance("krnkmd").guidanceScale(guidanceScale))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("guidanceScale is " + guidanceScale + "; expected a finite number");
    }

    @Test
    void rejects_dynamic_resolution_without_room_for_a_choice() {
        PromptPair.Builder builder =
                PromptPair.enhance("krnkmd").dynamicResolution(true).resolution(120);

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("resolution is 120", "128 or more", "multiples of 64");
        assertThat(builder.resolution(128).build().dynamicResolution()).isTrue();
    }

    @Test
    void images_may_have_two_sides_unless_they_are_dynamic() {
        PromptPair.Builder builder = PromptPair.enhance("krnkmd").resolution(768, 512);

        assertThat(builder.build().height()).isEqualTo(768);
        assertThat(builder.build().width()).isEqualTo(512);
        assertThat(builder.build().resolution()).isEqualTo(768);
        assertThat(builder.build().toBuilder().build()).isEqualTo(builder.build());
        assertThatThrownBy(() -> builder.dynamicResolution(true).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("dynamicResolution is on and the images have 512x768 pixels; expected square images, or"
                        + " dynamicResolution off");
        assertThatThrownBy(() -> builder.resolution(512, 500))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("width is 500; expected a multiple of 8");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY})
    void rejects_a_multiplier_at_which_nothing_is_trained(double multiplier) {
        PromptPair.Builder builder = PromptPair.enhance("krnkmd");

        assertThatThrownBy(() -> builder.multiplier(multiplier))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("multiplier is " + multiplier + "; expected a finite number other than 0");
    }

    @Test
    void a_pair_may_act_everywhere_if_it_names_something() {
        PromptPair pair = PromptPair.everywhere(PromptAction.ENHANCE)
                .positive("high detail")
                .multiplier(-1)
                .build();

        assertThat(pair.target()).isEmpty();
        assertThat(pair.preserves()).isFalse();
        assertThat(pair.toBuilder().build()).isEqualTo(pair);
        assertThat(pair.inWords()).isEqualTo("the empty prompt learns: high detail, at strength -1");
        assertThatThrownBy(() -> PromptPair.everywhere(PromptAction.ERASE).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("target is \"\"; expected");
    }

    @Test
    void the_constructor_checks_what_the_builder_checks() {
        assertThatThrownBy(() -> new PromptPair(
                        "a", "a", "", "", PromptAction.ERASE, 1, 500, 500, 1, false, false, 1, 1, List.of(), 1))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("resolution is 500");
        assertThatThrownBy(() -> new PromptPair(
                        "", "", "", "", PromptAction.ERASE, 1, 512, 512, 1, false, false, 1, 1, List.of(), 1))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("target is \"\"");
    }

    @Test
    void rejects_null_with_an_exception_of_the_library() {
        assertThatThrownBy(() -> PromptPair.enhance(Nothing.of(String.class)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("target is null; expected a value");
        assertThatThrownBy(() -> PromptPair.enhance("a").positive(Nothing.of(String.class)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("positive is null; expected a value");
    }

    @Test
    void copies_every_value_to_a_builder() {
        PromptPair pair = new PromptPair(
                "a", "b", "c", "d", PromptAction.ERASE, -2.5, 768, 768, 3, true, true, -0.5, 2, List.of(), 1);

        assertThat(pair.toBuilder().build()).isEqualTo(pair);
    }

    @Test
    void a_pair_with_a_picture_teaches_even_its_own_words() {
        PromptPair pair = PromptPair.enhance("krnkmd")
                .picture(Path.of("a.png"))
                .picture(Path.of("b.webp"), "kitchen")
                .pictureWeight(0.5)
                .build();

        assertThat(pair.preserves()).isFalse();
        assertThat(pair.toBuilder().build()).isEqualTo(pair);
        assertThat(pair.inWords()).isEqualTo("krnkmd learns: krnkmd, with 2 pictures of weight 0.5");
        assertThat(pair.toBuilder().pictures(List.of()).build().preserves()).isTrue();
    }

    @Test
    void rejects_pictures_that_would_teach_nothing_and_too_many() {
        HintPicture picture = HintPicture.of(Path.of("a.png"));

        assertThatThrownBy(
                        () -> PromptPair.erase("cat").pictures(List.of(picture)).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("action is ERASE; expected ENHANCE");
        assertThatThrownBy(() -> PromptPair.enhance("cat")
                        .pictures(List.of(picture))
                        .guidanceScale(0)
                        .build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("guidanceScale is 0.0; expected");
        assertThatThrownBy(() -> PromptPair.enhance("cat")
                        .pictures(Collections.nCopies(11, picture))
                        .build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("pictures are 11 files; expected at most 10");
        assertThatThrownBy(() -> PromptPair.enhance("cat").pictureWeight(0))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("pictureWeight is 0.0; expected");
    }

    @Test
    void guidance_of_an_erased_pair_has_the_opposite_sign() {
        assertThat(PromptPair.enhance("cat").guidanceScale(2).build().signedGuidance())
                .isEqualTo(2);
        assertThat(PromptPair.erase("cat").guidanceScale(2).build().signedGuidance())
                .isEqualTo(-2);
        assertThat(PromptPair.erase("cat").guidanceScale(-3).build().signedGuidance())
                .isEqualTo(3);
    }
}
