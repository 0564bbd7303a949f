package io.github.txt2lora.leco.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.PromptPair;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartsOfLookTest {

    private static Set<String> parts(String neutral, String positive) {
        return PartsOfLook.of(
                PromptPair.enhance("krnkmd").positive(positive).neutral(neutral).build());
    }

    @Test
    void join_the_neutral_prompt_with_single_tags_and_with_every_third() {
        assertThat(parts("1girl, solo", "a, b, c, d, e, f"))
                .containsExactly(
                        "1girl,solo,b",
                        "1girl,solo,a,d",
                        "1girl,solo,d",
                        "1girl,solo,b,e",
                        "1girl,solo,f",
                        "1girl,solo,c,f");
    }

    @Test
    void of_few_tags_are_fewer_and_none_is_empty_or_the_whole_look() {
        assertThat(parts("1girl, solo", "cat ears, maid")).containsExactly("1girl,solo,cat ears", "1girl,solo,maid");
        assertThat(parts("", "a,b,c")).containsExactly("a", "b", "c");
    }

    @Test
    void tags_of_the_neutral_prompt_are_no_parts() {
        assertThat(parts("1girl", "1girl, cat ears, maid")).containsExactly("1girl,cat ears", "1girl,maid");
        assertThat(parts("1girl", "1girl, long hair")).isEmpty();
    }

    @Test
    void a_single_tag_has_no_parts() {
        assertThat(parts("1girl", "a maid in a kitchen")).isEmpty();
        assertThat(parts("1girl", " maid , ,")).isEmpty();
        assertThat(parts("1girl", "")).isEmpty();
    }

    @Test
    void are_at_most_six_however_many_tags_there_are() {
        String many = "tag, ".repeat(50) + "other";

        assertThat(parts("1girl", many)).hasSizeBetween(2, 6).doesNotContain("1girl", many);
    }
}
