package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraTagsTest {

    @Test
    void takes_tags_out_of_the_prompt() {
        assertThat(LoraTags.extract("a <lora:krnkmd:0.8>cat<lora:b>"))
                .isEqualTo(new LoraTags("a cat", List.of(new LoraTag("krnkmd", 0.8), new LoraTag("b", 1))));
    }

    @Test
    void the_second_weight_is_that_of_the_unet() {
        assertThat(LoraTags.extract("<lora:a:0.5:-1.5>").loras()).containsExactly(new LoraTag("a", -1.5));
    }

    @Test
    void an_unfinished_tag_is_text() {
        assertThat(LoraTags.extract("a <lora:b:1")).isEqualTo(new LoraTags("a <lora:b:1", List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<lora:>", "<lora::1>", "<lora:a:b>", "<lora:a:>", "<lora:a:NaN>", "<lora:a:1:2:3>"})
    void rejects_a_malformed_tag_by_its_text(String tag) {
        assertThatThrownBy(() -> LoraTags.extract("a cat " + tag))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("LoRA in the prompt is \"" + tag
                        + "\"; expected <lora:name:weight>, for example <lora:krnkmd:0.8>");
    }

    @Test
    void many_unfinished_tags_take_linear_time() {
        String prompt = "<lora:".repeat(200_000);

        assertThat(LoraTags.extract(prompt).prompt()).isEqualTo(prompt);
    }

    @Test
    void refuses_more_loras_than_anybody_uses() {
        assertThat(LoraTags.extract("<lora:a:1>".repeat(100)).loras()).hasSize(100);
        assertThatThrownBy(() -> LoraTags.extract("<lora:a:1>".repeat(101)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("prompt names more than 100 LoRAs; expected fewer");
    }
}
