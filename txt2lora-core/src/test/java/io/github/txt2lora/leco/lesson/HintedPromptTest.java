package io.github.txt2lora.leco.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintedPromptTest {

    private static final String SHA_256 = "0123456789abcdef".repeat(4);

    @Test
    void words_are_those_before_the_pictures() {
        assertThat(HintedPrompt.words(HintedPrompt.of("1girl,\nmaid", SHA_256))).isEqualTo("1girl,\nmaid");
        assertThat(HintedPrompt.words("1girl (with pictures)")).isEqualTo("1girl (with pictures)");
    }

    @Test
    void the_goal_has_the_pictures_and_prompts_to_keep_are_words_alone() {
        String hinted = HintedPrompt.of("maid,twintails", SHA_256);
        PromptPair words = PromptPair.enhance("krnkmd")
                .positive("maid,twintails")
                .neutral("1girl")
                .build();
        PromptPair pictured = words.toBuilder().positive(hinted).build();

        Lessons ofWords = Lessons.of(List.of(words), Preservation.recommended());
        Lessons lessons = Lessons.of(List.of(pictured), Preservation.recommended());

        assertThat(lessons.drawn().get(0).goal().weights()).containsEntry(hinted, 1.0);
        assertThat(lessons.drawn().get(0).kept())
                .containsExactlyElementsOf(ofWords.drawn().get(0).kept());
        assertThat(lessons.prompts()).containsExactlyInAnyOrderElementsOf(ofWords.prompts());
    }
}
