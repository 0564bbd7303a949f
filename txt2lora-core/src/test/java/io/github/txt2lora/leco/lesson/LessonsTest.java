package io.github.txt2lora.leco.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Slider;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.leco.lesson.Lesson.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The taught prompts, those kept meanwhile, and those encoded. */
class LessonsTest {

    private static final PromptPair KRNKMD = PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .unconditional("lowres")
            .neutral("1girl")
            .build();
    private static final PromptPair MIKO = PromptPair.enhance("miko")
            .positive("shrine maiden")
            .neutral("1girl")
            .build();
    private static final PromptPair TREE =
            PromptPair.preserve("tree").weight(0.5).build();

    private static final Preservation ADDING = Preservation.addingPrompts().withWeight(1);
    private static final Preservation GIVEN = Preservation.ofGiven().withWeight(1);

    static List<Preservation> joint() {
        return List.of(ADDING, GIVEN);
    }

    private static List<Kept> kept(Preservation preservation, PromptPair... pairs) {
        List<Lesson> lessons = Lessons.of(List.of(pairs), preservation).drawn();
        return lessons.get(0).kept();
    }

    @Test
    void pairs_that_teach_and_pairs_that_preserve_are_told_apart() {
        PromptPair again = KRNKMD.toBuilder().positive("shrine maiden").build();

        Lessons lessons = Lessons.of(List.of(MIKO, TREE, KRNKMD, again), ADDING);

        assertThat(lessons.taught()).containsExactly(MIKO, KRNKMD, again);
        assertThat(lessons.preserved()).containsExactly(TREE);
        assertThat(lessons.targets()).containsExactly("miko", "krnkmd");
    }

    @Test
    void a_target_that_stays_at_one_strength_and_changes_at_another_is_not_kept_at_both() {
        PromptPair stays = PromptPair.preserve("krnkmd").build();
        PromptPair changes = KRNKMD.toBuilder().multiplier(-1).build();

        assertThat(kept(GIVEN, changes, stays, TREE)).containsExactly(new Kept("tree", 0.5));
        assertThat(kept(GIVEN, changes, stays.toBuilder().multiplier(-1).build(), TREE))
                .containsExactly(new Kept("krnkmd", 1), new Kept("tree", 0.5));
    }

    @Test
    void all_prompts_are_encoded_once() {
        Lessons lessons = Lessons.of(List.of(KRNKMD, TREE), ADDING).withEveryday(List.of("forest", "1girl"));

        assertThat(lessons.prompts())
                .containsExactly(
                        "krnkmd",
                        "cat ears, maid",
                        "1girl",
                        "lowres",
                        "tree",
                        "",
                        "1girl,cat ears",
                        "1girl,maid",
                        "forest");
    }

    @Test
    void leco_draws_all_pairs_alike_and_keeps_nothing_besides() {
        List<Lesson> lessons =
                Lessons.of(List.of(KRNKMD, TREE, MIKO), Preservation.drawn()).drawn();

        assertThat(lessons).extracting(Lesson::pair).containsExactly(KRNKMD, TREE, MIKO);
        assertThat(lessons).allSatisfy(lesson -> assertThat(lesson.kept()).isEmpty());
    }

    @Test
    void the_weight_of_what_is_kept_counts_in_drawn_pairs_too() {
        List<Lesson> lessons = Lessons.of(
                        List.of(KRNKMD, TREE), Preservation.drawn().withWeight(3))
                .drawn();

        assertThat(lessons).extracting(lesson -> lesson.pair().weight()).containsExactly(1.0, 1.5);
    }

    @ParameterizedTest
    @MethodSource("joint")
    void joint_steps_teach_no_pair_that_is_only_kept(Preservation preservation) {
        assertThat(Lessons.of(List.of(KRNKMD, TREE, MIKO), preservation).drawn())
                .extracting(Lesson::pair)
                .containsExactly(KRNKMD, MIKO);
    }

    @Test
    void given_prompts_alone_are_kept_with_their_weights() {
        assertThat(kept(GIVEN.withWeight(4), KRNKMD, TREE)).containsExactly(new Kept("tree", 2));
        assertThat(kept(GIVEN, KRNKMD, MIKO)).isEmpty();
    }

    @Test
    void the_prompts_of_a_lesson_and_what_others_teach_are_added() {
        assertThat(kept(ADDING.withWeight(2), KRNKMD, TREE, MIKO))
                .containsExactlyInAnyOrder(
                        new Kept("tree", 1),
                        new Kept("1girl", 2),
                        new Kept("1girl", 2),
                        new Kept("1girl", 2),
                        new Kept("lowres", 2),
                        new Kept("cat ears, maid", 2),
                        new Kept("1girl,cat ears", 2),
                        new Kept("1girl,maid", 2),
                        new Kept("shrine maiden", 2));
    }

    @Test
    void a_given_prompt_is_not_added_once_more_without_its_weight() {
        PromptPair girl = PromptPair.preserve("1girl").weight(0.25).build();

        assertThat(kept(ADDING, KRNKMD, girl))
                .containsExactlyInAnyOrder(
                        new Kept("1girl", 0.25),
                        new Kept("lowres", 1),
                        new Kept("cat ears, maid", 1),
                        new Kept("1girl,cat ears", 1),
                        new Kept("1girl,maid", 1));
    }

    @Test
    void targets_are_never_kept() {
        PromptPair erased = PromptPair.erase("cat").neutral("krnkmd").build();
        PromptPair stronger = PromptPair.enhance("1girl").guidanceScale(2).build();

        assertThat(Lessons.of(List.of(KRNKMD, erased, stronger), ADDING).drawn())
                .flatExtracting(Lesson::kept)
                .extracting(Kept::prompt)
                .isNotEmpty()
                .doesNotContain("krnkmd", "cat", "1girl");
    }

    @Test
    void equal_prompts_are_kept_once_but_for_the_three_turns_of_the_neutral_one() {
        PromptPair plain = PromptPair.enhance("krnkmd").positive("maid").build();

        assertThat(kept(ADDING, plain))
                .containsExactlyInAnyOrder(new Kept("", 1), new Kept("", 1), new Kept("", 1), new Kept("maid", 1));
        assertThat(Lessons.of(List.of(plain), ADDING).kept()).containsExactly("", "maid");
    }

    @Test
    void a_neutral_prompt_that_is_taught_or_given_has_no_further_turns() {
        PromptPair taught = PromptPair.enhance("1girl").positive("1boy").build();
        PromptPair given = PromptPair.preserve("1girl").weight(3).build();

        assertThat(kept(ADDING, KRNKMD, taught)).extracting(Kept::prompt).doesNotContain("1girl");
        assertThat(kept(ADDING, KRNKMD, given))
                .filteredOn(kept -> kept.prompt().equals("1girl"))
                .containsExactly(new Kept("1girl", 3));
    }

    @Test
    void parts_of_a_look_that_are_taught_are_not_kept() {
        PromptPair ears =
                PromptPair.enhance("1girl,cat ears").positive("dog ears").build();

        assertThat(kept(ADDING, KRNKMD, ears))
                .extracting(Kept::prompt)
                .contains("1girl,maid")
                .doesNotContain("1girl,cat ears");
    }

    @Test
    void what_is_erased_is_not_kept_where_it_is_named() {
        PromptPair erases = PromptPair.erase("1girl,cat ears")
                .positive("cat ears, ear fluff")
                .neutral("1girl")
                .build();

        assertThat(kept(ADDING, erases))
                .extracting(Kept::prompt)
                .containsExactlyInAnyOrder("1girl", "1girl", "1girl", "");
    }

    @Test
    void a_slider_keeps_the_words_of_its_ends_and_not_its_target() {
        List<PromptPair> pairs =
                Slider.between("short hair", "long hair").of("1girl").pairs();

        assertThat(kept(ADDING, pairs.toArray(PromptPair[]::new)))
                .extracting(Kept::prompt)
                .containsExactlyInAnyOrder("1girl,short hair", "1girl,long hair");
    }

    @Test
    void targets_are_encoded_after_their_neutral_prompt_where_they_are_taught_so() {
        PromptPair krnkmd = PromptPair.enhance("krnkmd")
                .positive("cat ears")
                .neutral("1girl")
                .build();
        PromptPair empty = krnkmd.toBuilder().neutral("").build();
        PromptPair begins = PromptPair.enhance("1girl,tyankmk")
                .positive("cat ears")
                .neutral("1girl")
                .build();
        PromptPair kept = PromptPair.preserve("1girl,krnkmd").build();
        PromptPair taught = PromptPair.enhance("1girl,krnkmd")
                .positive("maid")
                .neutral("1girl")
                .build();
        TrainingMethod method = TrainingMethod.recommended().withAfterNeutral(0.1);

        assertThat(afterNeutral(method, krnkmd, begins)).containsExactly("1girl,krnkmd");
        assertThat(Lessons.of(List.of(krnkmd), method).prompts()).contains("1girl,krnkmd");
        assertThat(afterNeutral(method, empty)).isEmpty();
        assertThat(afterNeutral(method, krnkmd, kept)).isEmpty();
        assertThat(afterNeutral(method, krnkmd, taught)).isEmpty();
        assertThat(afterNeutral(method.withPreservation(Preservation.drawn()), krnkmd, kept))
                .isEmpty();
        assertThat(afterNeutral(TrainingMethod.recommended(), krnkmd)).isEmpty();
    }

    private static List<String> afterNeutral(TrainingMethod method, PromptPair... pairs) {
        return Lessons.of(List.of(pairs), method).drawn().stream()
                .flatMap(lesson -> lesson.afterNeutral().stream())
                .toList();
    }

    @Test
    void prompts_that_only_keep_have_no_parts() {
        PromptPair girl = PromptPair.preserve("1girl, cat ears, maid").build();

        assertThat(Lessons.of(List.of(girl), Preservation.recommended()).prompts())
                .containsExactly("1girl, cat ears, maid", "");
    }

    @ParameterizedTest
    @MethodSource("joint")
    void pairs_that_only_keep_are_drawn_one_by_one(Preservation preservation) {
        PromptPair sky = PromptPair.preserve("sky").build();
        List<Lesson> lessons = Lessons.of(List.of(TREE, sky), preservation).drawn();

        assertThat(lessons).extracting(Lesson::pair).containsExactly(TREE, sky);
        assertThat(lessons).allSatisfy(lesson -> assertThat(lesson.kept()).isEmpty());
        assertThat(lessons.get(0).goal().weights()).containsOnlyKeys("tree").containsValue(1.0);
    }

    /** As the list of each pair would be if it were made by itself. */
    private static List<Kept> plainly(PromptPair pair, List<PromptPair> pairs) {
        List<String> own = Stream.of(pair.neutral(), pair.unconditional(), pair.positive())
                .distinct()
                .toList();
        List<String> added = new ArrayList<>(own);
        added.addAll(List.of(pair.neutral(), pair.neutral()));
        pairs.stream()
                .filter(other -> !other.preserves() && !own.contains(other.positive()))
                .map(PromptPair::positive)
                .distinct()
                .forEach(added::add);
        pairs.forEach(other -> added.removeIf(other.target()::equals));
        return Stream.concat(
                        pairs.stream()
                                .filter(PromptPair::preserves)
                                .map(other -> new Kept(other.target(), other.weight())),
                        added.stream().map(prompt -> new Kept(prompt, 1)))
                .toList();
    }

    @Test
    void what_pairs_have_in_common_stands_in_the_list_of_each_in_the_order_of_the_file() {
        var random = new Random(1);
        for (int round = 0; round < 200; round++) {
            List<PromptPair> pairs = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                String target = "t" + random.nextInt(10);
                pairs.add(
                        random.nextInt(4) == 0
                                ? PromptPair.preserve("kept" + i).weight(2).build()
                                : PromptPair.enhance(target)
                                        .positive("p" + random.nextInt(5))
                                        .neutral(random.nextBoolean() ? "p" + random.nextInt(5) : target)
                                        .unconditional("p" + random.nextInt(3))
                                        .build());
            }

            assertThat(Lessons.of(pairs, ADDING).drawn())
                    .allSatisfy(lesson -> assertThat(lesson.goal()).isNotNull())
                    .filteredOn(lesson -> !lesson.pair().preserves())
                    .allSatisfy(lesson -> assertThat(lesson.kept()).isEqualTo(plainly(lesson.pair(), pairs)));
        }
    }

    @Test
    void many_pairs_share_what_they_keep() {
        List<PromptPair> pairs = IntStream.range(0, 20_000)
                .mapToObj(i -> PromptPair.enhance("t" + i).positive("p" + i).build())
                .toList();

        List<Lesson> lessons = Lessons.of(pairs, ADDING).drawn();

        assertThat(lessons)
                .extracting(lesson -> lesson.kept().size())
                // of all positive prompts, and three turns of the neutral one
                .containsOnly(20_003);
        assertThat(lessons.get(7).kept().get(5)).isSameAs(lessons.get(9).kept().get(5));
    }
}
