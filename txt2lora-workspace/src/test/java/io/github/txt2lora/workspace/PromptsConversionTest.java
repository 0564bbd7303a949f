package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromptsConversionTest {

    private static final String SLIDER =
            "[[targets]]\ntarget_class = \"\"\npositive = \"long hair\"\nresolution = [768, 512]\nweight = 2.0\n";

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @ParameterizedTest
    @EnumSource(names = {"TXT2LORA", "KOHYA"})
    void nothing_is_lost_between_kohyas_form_and_that_of_workspaces(PromptsFormat format) throws IOException {
        Path toml = file("slider.toml", SLIDER);
        Path there = folder.resolve(format == PromptsFormat.KOHYA ? "there.toml" : "there.yaml");
        Path back = folder.resolve("back.toml");

        PromptsConversion conversion = PromptsConversion.read(toml, format);
        conversion.write(there);
        PromptsConversion.read(there, PromptsFormat.KOHYA).write(back);

        assertThat(conversion.losses()).isEmpty();
        assertThat(conversion.warnings()).isEmpty();
        List<PromptPair> pairs = LecoPromptsFile.read(toml).prompts();
        assertThat(pairs).hasSize(2);
        assertThat(LecoPromptsFile.read(there).prompts()).isEqualTo(pairs);
        assertThat(LecoPromptsFile.read(back).prompts()).isEqualTo(pairs);
    }

    @Test
    void what_leco_does_not_do_is_told_of_each_pair() throws IOException {
        PromptsConversion conversion = PromptsConversion.read(file("slider.toml", SLIDER), PromptsFormat.LECO);

        assertThat(conversion.losses())
                .containsExactly(
                        "pair 1 (the empty prompt learns: long hair): weight 2.0 is lost: LECO's pairs all count alike",
                        "pair 1 (the empty prompt learns: long hair): resolution [768, 512] becomes 640: LECO's images are"
                                + " square",
                        "pair 2 (the empty prompt loses: long hair, at strength -1): multiplier -1.0 is lost: LECO trains the"
                                + " LoRA at 1, where the pair is the opposite of what it was",
                        "pair 2 (the empty prompt loses: long hair, at strength -1): weight 2.0 is lost: LECO's pairs all"
                                + " count alike",
                        "pair 2 (the empty prompt loses: long hair, at strength -1): resolution [768, 512] becomes 640:"
                                + " LECO's images are square");
        assertThat(conversion.text()).contains("resolution: 640").doesNotContain("weight");
    }

    @Test
    void leco_s_own_prompts_become_those_of_others_without_a_loss() throws IOException {
        Path leco = file("leco.yaml", "- target: cat\n  positive: dog\n  action: enhance\n  rank: 4\n  note: mine\n");

        for (PromptsFormat format : PromptsFormat.values()) {
            PromptsConversion conversion = PromptsConversion.read(leco, format);

            assertThat(conversion.losses()).isEmpty();
            assertThat(conversion.warnings())
                    .anyMatch(warning -> warning.contains("without effect, since LECO has no such keys: note (line 5)"))
                    .anyMatch(warning -> warning.contains("line 4: rank is '4'; without effect here"));
            assertThat(conversion.prompts())
                    .containsExactly(PromptPair.enhance("cat").positive("dog").build());
        }
    }

    @Test
    void sides_that_are_drawn_otherwise_are_a_loss_in_both_directions() throws IOException {
        Path toml = file("a.toml", "[[prompts]]\ntarget = \"cat\"\ndynamic_resolution = true\n");
        Path yaml = file("a.yaml", "- target: cat\n  dynamic_resolution: true\n");

        assertThat(PromptsConversion.read(toml, PromptsFormat.TXT2LORA).losses())
                .containsExactly(
                        "pair 1 (cat is erased): dynamic_resolution draws only sides below the resolution, where it"
                                + " drew it too");
        assertThat(PromptsConversion.read(yaml, PromptsFormat.KOHYA).losses())
                .containsExactly(
                        "pair 1 (cat is erased): dynamic_resolution draws sides up to the resolution, where it drew"
                                + " only those below it");
        assertThat(PromptsConversion.read(toml, PromptsFormat.KOHYA).losses()).isEmpty();
        assertThat(PromptsConversion.read(toml, PromptsFormat.KOHYA).warnings()).isEmpty();
        assertThat(PromptsConversion.read(yaml, PromptsFormat.LECO).losses()).isEmpty();
    }

    @Test
    void a_form_is_not_written_under_the_extension_of_another() throws IOException {
        Path toml = file("slider.toml", SLIDER);

        assertThatThrownBy(
                        () -> PromptsConversion.read(toml, PromptsFormat.KOHYA).write(folder.resolve("a.yaml")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("output is " + folder.resolve("a.yaml")
                        + "; expected a name that ends with .toml, by which kohya's prompts are known");
        assertThatThrownBy(
                        () -> PromptsConversion.read(toml, PromptsFormat.LECO).write(folder.resolve("a.toml")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("expected a name that ends with .yaml");
        assertThat(folder.resolve("a.yaml")).doesNotExist();
    }

    @Test
    void a_configuration_is_no_list_of_prompts() throws IOException {
        Path config = file("config.yaml", "prompts_file: prompts.yaml\npretrained_model: {name_or_path: x}\n");

        assertThatThrownBy(() -> PromptsConversion.read(config, PromptsFormat.KOHYA))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(config + ", line 1: the file is a configuration of LECO; expected the prompts that its"
                        + " prompts_file names");
    }
}
