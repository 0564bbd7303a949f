package io.github.txt2lora.leco.closedform;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.leco.closedform.TokenGoals.Goal;
import io.github.txt2lora.leco.lesson.Lessons;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenGoalsTest {

    private static PromptPair.Builder character() {
        return PromptPair.enhance("krnkmd")
                .positive("cat ears")
                .neutral("1girl")
                .unconditional("");
    }

    private static Map<Goal, Double> goals(PromptPair... pairs) {
        return TokenGoals.of(Lessons.of(List.of(pairs), Preservation.drawn())).goals();
    }

    private static Map<String, Double> kept(PromptPair... pairs) {
        return TokenGoals.of(Lessons.of(List.of(pairs), Preservation.drawn())).kept();
    }

    @Test
    void goal_of_enhancing_is_the_positive_prompt_whatever_guidance_is_beyond_1() {
        Goal positive = new Goal("krnkmd", Map.of("cat ears", 1.0));

        assertThat(goals(character().build())).containsOnlyKeys(positive);
        assertThat(goals(character().guidanceScale(3).build())).containsOnlyKeys(positive);
    }

    @Test
    void guidance_below_1_goes_part_of_the_way_from_the_neutral_prompt() {
        assertThat(goals(character().guidanceScale(0.25).build()))
                .containsOnlyKeys(new Goal("krnkmd", Map.of("1girl", 0.75, "cat ears", 0.25)));
    }

    @Test
    void goal_of_erasing_is_the_neutral_prompt() {
        PromptPair erased = PromptPair.erase("glasses").neutral("1girl").build();

        assertThat(goals(erased)).containsOnlyKeys(new Goal("glasses", Map.of("1girl", 1.0)));
        assertThat(kept(erased)).containsOnlyKeys("1girl", "");
    }

    @Test
    void enhancing_with_negative_guidance_is_erasing() {
        PromptPair pair = character().guidanceScale(-1).build();

        assertThat(goals(pair)).containsOnlyKeys(new Goal("krnkmd", Map.of("1girl", 1.0)));
        assertThat(kept(pair)).containsOnlyKeys("1girl", "");
    }

    @Test
    void the_change_to_a_goal_is_divided_by_the_strength_that_it_is_trained_at() {
        assertThat(goals(character().multiplier(-1).build()))
                .containsOnlyKeys(new Goal("krnkmd", Map.of("krnkmd", 2.0, "cat ears", -1.0)));
        assertThat(goals(character().multiplier(2).guidanceScale(0.5).build()))
                .containsOnlyKeys(new Goal("krnkmd", Map.of("krnkmd", 0.5, "1girl", 0.25, "cat ears", 0.25)));
        assertThat(goals(PromptPair.erase("1girl")
                        .positive("glasses")
                        .neutral("1girl")
                        .multiplier(-1)
                        .build()))
                .isEmpty();
    }

    @Test
    void target_that_would_become_itself_has_no_goal() {
        PromptPair pair =
                PromptPair.erase("1girl").positive("glasses").neutral("1girl").build();

        assertThat(goals(pair)).isEmpty();
        assertThat(goals(PromptPair.preserve("1girl").build())).isEmpty();
    }

    @Test
    void prompts_around_are_kept_besides_those_that_pairs_preserve() {
        assertThat(kept(
                        character().build(),
                        PromptPair.preserve("2girls").weight(3).build(),
                        PromptPair.preserve("").weight(2).build()))
                .containsOnly(
                        Map.entry("1girl", 1.0),
                        Map.entry("", 2.0),
                        Map.entry("cat ears", 1.0),
                        Map.entry("2girls", 3.0));
    }

    @Test
    void no_target_is_kept_unless_a_pair_says_so() {
        PromptPair first = PromptPair.enhance("a").positive("b").neutral("b").build();
        PromptPair second = PromptPair.enhance("b").positive("a").neutral("a").build();

        assertThat(kept(first, second)).containsOnlyKeys("");
        assertThat(kept(first, second, PromptPair.preserve("b").build())).containsOnlyKeys("", "b");
    }

    @Test
    void others_are_kept_unless_they_are_taught_or_kept_with_a_weight_of_their_own() {
        PromptPair preserved = PromptPair.preserve("kitchen").weight(3).build();

        assertThat(TokenGoals.of(Lessons.of(List.of(character().build(), preserved), Preservation.drawn())
                                .withEveryday(List.of("forest", "kitchen", "krnkmd")))
                        .kept())
                .containsOnly(
                        Map.entry("forest", 1.0),
                        Map.entry("kitchen", 3.0),
                        Map.entry("1girl", 1.0),
                        Map.entry("", 1.0),
                        Map.entry("cat ears", 1.0));
    }

    @Test
    void repetition_of_a_pair_counts_nothing_but_its_weight_does() {
        PromptPair pair = character().build();

        assertThat(goals(pair, pair)).isEqualTo(goals(pair));
        assertThat(goals(pair, pair.toBuilder().weight(2).build()).values()).containsExactly(2.0);
    }
}
