package io.github.txt2lora.leco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.leco.lesson.Lesson;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RehearsalTest {

    private static final int DRAWS = 1000;

    private static PromptPair.Builder pair(String target) {
        return PromptPair.enhance(target).positive("maid").neutral("1girl").resolution(64);
    }

    private static List<Lesson> lessons(PromptPair.Builder... pairs) {
        return Lessons.of(Stream.of(pairs).map(PromptPair.Builder::build).toList(), Preservation.recommended())
                .drawn();
    }

    /** The targets that are rehearsed beside the first one. */
    private static List<String> besideFirst(List<Lesson> lessons) {
        var generator = new TorchGenerator(1);
        var rehearsal = new Rehearsal(lessons, lesson -> true);
        return IntStream.range(0, DRAWS)
                .mapToObj(i -> rehearsal.draw(generator, 0))
                .filter(Objects::nonNull)
                .map(lesson -> lesson.pair().target())
                .toList();
    }

    @Test
    void all_other_targets_share_two_fifths_of_the_steps() {
        List<String> drawn = besideFirst(lessons(pair("a"), pair("b"), pair("c")));

        assertThat((double) drawn.size()).isCloseTo(0.4 * DRAWS, within(0.05 * DRAWS));
        assertThat(drawn).containsOnly("b", "c");
        assertThat(drawn.stream().filter("b"::equals).count()).isBetween(drawn.size() * 2L / 5, drawn.size() * 3L / 5);
    }

    @Test
    void a_single_lesson_takes_nothing_from_the_random_stream() {
        var generator = new TorchGenerator(1);
        List<Lesson> one = lessons(pair("a"));

        assertThat(new Rehearsal(one, lesson -> true).draw(generator, 0)).isNull();
        assertThat(generator.state()).isEqualTo(new TorchGenerator(1).state());
    }

    @Test
    void a_single_lesson_with_two_prompts_is_rehearsed_beside_itself() {
        List<Lesson> one = Lessons.of(
                        List.of(pair("a").build()), TrainingMethod.recommended().withAfterNeutral(0.15))
                .drawn();
        var rehearsal = new Rehearsal(one, lesson -> true);
        var generator = new TorchGenerator(1);

        List<Lesson> drawn = IntStream.range(0, DRAWS)
                .mapToObj(i -> rehearsal.draw(generator, 0))
                .filter(Objects::nonNull)
                .toList();

        assertThat((double) drawn.size()).isCloseTo(0.3 * DRAWS, within(0.05 * DRAWS));
        assertThat(drawn).containsOnly(one.get(0));
    }

    @Test
    void lessons_of_another_form_are_not_in_one_call() {
        assertThat(besideFirst(lessons(
                        pair("a"),
                        pair("larger").resolution(128),
                        pair("two").batchSize(2),
                        pair("back").multiplier(-1))))
                .isEmpty();
    }

    @Test
    void where_sizes_are_left_to_chance_nothing_is_rehearsed() {
        var rehearsal = new Rehearsal(lessons(pair("a"), pair("b")), lesson -> false);

        assertThat(IntStream.range(0, 100).mapToObj(i -> rehearsal.draw(new TorchGenerator(i), 0)))
                .containsOnlyNulls();
    }
}
