package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraTrainingTest {

    private static final PromptPair CAT = PromptPair.enhance("cat").build();
    private static final PromptPair DOG = PromptPair.enhance("dog").build();

    private static LoraTraining.Builder complete() {
        return LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("model", "base.safetensors")))
                .prompt(CAT)
                .output(Path.of("lora"));
    }

    @Test
    void names_the_file_that_the_lora_gets() {
        assertThat(complete().build().loraFile()).isEqualTo(Path.of("lora", "krnkmd.safetensors"));
    }

    @Test
    void models_are_the_first_and_those_it_is_also_trained_on() {
        ModelSource first = complete().build().model();
        ModelSource second = ModelSource.file(Path.of("second.safetensors"));
        ModelSource third = ModelSource.folder(Path.of("third"));
        LoraTraining several = complete().alsoOn(second, third).build();

        assertThat(complete().build().models()).containsExactly(first);
        assertThat(several.models()).containsExactly(first, second, third);
        assertThat(several.toBuilder().build()).isEqualTo(several);
    }

    @Test
    void rejects_a_model_that_is_there_twice() {
        ModelSource again = ModelSource.file(Path.of("model", "..", "model", "base.safetensors"));
        ModelSource other = ModelSource.file(Path.of("other.safetensors"));

        assertThatThrownBy(() -> complete().alsoOn(other, again).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("alsoOn is ")
                .hasMessageContaining("base.safetensors")
                .hasMessageContaining("expected another model");
        assertThatThrownBy(() -> complete().alsoOn(other, other).build()).isInstanceOf(InvalidSettingException.class);
    }

    @Test
    void trains_with_the_defaults_unless_told_otherwise() {
        assertThat(complete().build().spec()).isEqualTo(TrainingSpec.builder().build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"D:\train\new", "a\u0085", "D:\u2028ora"})
    void rejects_control_characters_in_paths(String path) {
        assertThatThrownBy(() -> complete().output(Path.of(path)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("output is ")
                .hasMessageContaining("expected a path without control characters");
        assertThatThrownBy(() -> ModelSource.file(Path.of(path))).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> ModelSource.folder(Path.of(path))).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> EngineOptions.builder().cacheFolder(Path.of(path)))
                .isInstanceOf(InvalidSettingException.class);
    }

    @Test
    void prompt_adds_and_prompts_replaces() {
        assertThat(complete().prompt(DOG).build().prompts()).containsExactly(CAT, DOG);
        assertThat(complete().prompts(List.of(DOG)).build().prompts()).containsExactly(DOG);
    }

    @Test
    void builders_can_be_used_again_without_changing_what_they_made() {
        LoraTraining.Builder builder = complete();
        LoraTraining first = builder.build();

        builder.prompt(DOG);

        assertThat(first.prompts()).containsExactly(CAT);
    }

    @Test
    void values_do_not_change_with_the_list_they_came_from() {
        List<PromptPair> pairs = new ArrayList<>(List.of(CAT));
        LoraTraining training = complete().prompts(pairs).build();

        pairs.clear();

        assertThat(training.prompts()).containsExactly(CAT);
    }

    @Test
    void equals_its_copy_and_differs_from_a_changed_copy() {
        LoraTraining training = complete().build();

        assertThat(training.toBuilder().build()).isEqualTo(training).hasSameHashCodeAs(training);
        assertThat(training.toBuilder().name("other").build()).isNotEqualTo(training);
    }

    @Test
    void says_which_required_value_is_missing() {
        assertThatThrownBy(() -> LoraTraining.builder().build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("name is missing; call name(...)");
        assertThatThrownBy(() -> LoraTraining.builder().name("a").build())
                .hasMessageStartingWith("model is missing; call model(");
        assertThatThrownBy(() -> complete().prompts(List.of()).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("prompts is empty; expected at least one PromptPair");
        assertThatThrownBy(() -> LoraTraining.builder()
                        .name("a")
                        .model(ModelSource.folder(Path.of("base")))
                        .prompt(CAT)
                        .build())
                .hasMessageStartingWith("output is missing; call output(");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "..",
                "a/b",
                "a\\b",
                "a:b",
                "a*",
                "what?",
                "\"a\"",
                "<a>",
                "a|b",
                "line\nbreak",
                "nul\0",
                "del\u007f",
                "dot.",
                "space ",
                " space",
                "con",
                "NUL",
                "Aux.v1",
                "com1",
                "LPT9.x",
                "com\u00b9"
            })
    void rejects_names_that_some_system_cannot_store(String name) {
        assertThatThrownBy(() -> LoraTraining.builder().name(name))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("name is \"")
                .hasMessageContaining("; expected ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"krnkmd", "v1.2", "two words", "console", "com10", ".hidden", "a-b_c+d"})
    void takes_ordinary_names(String name) {
        assertThat(complete().name(name).build().name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"krnkmd.safetensors", "krnkmd.SafeTensors", ".safetensors"})
    void name_has_no_ending_of_a_file(String name) {
        assertThatThrownBy(() -> LoraTraining.builder().name(name))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("name is \"" + name + "\"; expected a name without .safetensors, which the file gets by"
                        + " itself; leave the ending out");
    }

    @Test
    void limits_the_length_of_names() {
        assertThat(complete().name("x".repeat(120)).build().name()).hasSize(120);
        assertThatThrownBy(() -> LoraTraining.builder().name("x".repeat(121)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("expected at most 120 characters and 200 bytes in UTF-8");
        assertThatThrownBy(() -> LoraTraining.builder().name("\u732b".repeat(70)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("expected at most 120 characters and 200 bytes in UTF-8");
    }

    @Test
    void shows_control_characters_escaped() {
        assertThatThrownBy(() -> LoraTraining.builder().name("a\nb"))
                .hasMessageStartingWith("name is \"a\\u000ab\"; expected a file name without control characters");
    }
}
