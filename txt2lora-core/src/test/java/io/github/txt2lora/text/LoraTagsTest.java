package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraTagsTest {

    @Test
    void takes_tags_out_of_the_prompt() {
        LoraTags tags = LoraTags.extract("a <lora:krnkmd:0.8>cat<lora:b>");

        assertThat(tags.prompt()).isEqualTo("a cat");
        assertThat(tags.loras()).containsExactly(new LoraTag("krnkmd", 0.8), new LoraTag("b", 1));
        assertThat(tags.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "<lora:a:0.5:-1.5>, 0.5, -1.5",
        "<lora:a:0:1>, 0, 1",
        "<lora:a: 1 : 0 >, 1, 0",
        "<lora:a:te=0.5:unet=1>, 0.5, 1",
        "<lora:a:unet=0.3>, 1, 0.3",
        "<lora:a:te=0.3>, 0.3, 0.3",
        "<lora:a:0.7:te=0>, 0, 0",
        "<lora:a:0.7:unet=0>, 0.7, 0",
        "<lora:a:unet=0.2:0.7:0.9>, 0.7, 0.2",
        "<lyco:a:1>, 1, 1",
        "<lyco:a:0.5:1>, 0.5, 1",
    })
    void the_first_weight_is_that_of_the_text_encoders_the_second_that_of_the_unet(
            String tag, double textEncoder, double unet) {
        LoraTags tags = LoraTags.extract(tag);

        assertThat(tags.loras()).containsExactly(new LoraTag("a", textEncoder, unet));
        assertThat(tags.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "<lora:a:1:1:8>, 8",
        "<lora:a:1:dyn=8>, dyn=8",
        "<lora:a:1:dyn=8:lbw=IN02>, 'dyn=8, lbw=IN02'",
        "<lyco:a:1:1:dyn=4>, dyn=4"
    })
    void other_parts_of_a_tag_are_ignored_with_one_warning(String tag, String ignored) {
        LoraTags tags = LoraTags.extract(tag);

        assertThat(tags.loras()).containsExactly(new LoraTag("a", 1));
        assertThat(tags.warnings())
                .singleElement()
                .asString()
                .contains("the LoRA \"a\" in the prompt: " + ignored + " is not supported");
    }

    @Test
    void tags_of_other_networks_are_taken_out_with_a_warning() {
        LoraTags tags = LoraTags.extract("a <hypernet:x:1>cat <3 :> <b>c</b>");

        assertThat(tags.prompt()).isEqualTo("a cat <3 :> <b>c</b>");
        assertThat(tags.loras()).isEmpty();
        assertThat(tags.warnings()).singleElement().asString().contains("<hypernet:x:1>", "left out");
    }

    @Test
    void an_unfinished_tag_is_text() {
        assertThat(LoraTags.extract("a <lora:b:1")).isEqualTo(new LoraTags("a <lora:b:1", List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<lora:>",
                "<lora::1>",
                "<lora:a:b>",
                "<lora:a:>",
                "<lora:a:NaN>",
                "<lora:a:te=x>",
                "<lora:a:1:b>"
            })
    void rejects_a_malformed_tag_by_its_text(String tag) {
        assertThatThrownBy(() -> LoraTags.extract("a cat " + tag))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("LoRA in the prompt is \"" + tag
                        + "\"; expected <lora:name:weight>, for example <lora:krnkmd:0.8>");
    }

    @Test
    void many_unfinished_tags_take_linear_time() {
        String prompt = "<lora:".repeat(200_000) + "<x".repeat(200_000);

        assertThat(LoraTags.extract(prompt).prompt()).isEqualTo(prompt);
        assertThat(LoraTags.extract("a>" + prompt).prompt()).isEqualTo("a>" + prompt);
    }

    @Test
    void refuses_more_loras_than_anybody_uses() {
        assertThat(LoraTags.extract("<lora:a:1>".repeat(100)).loras()).hasSize(100);
        assertThatThrownBy(() -> LoraTags.extract("<lora:a:1>".repeat(101)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("prompt names more than 100 LoRAs; expected fewer");
    }
}
