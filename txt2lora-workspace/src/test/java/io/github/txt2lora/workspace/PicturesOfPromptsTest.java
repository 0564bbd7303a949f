package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.HintPicture;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures beside the words of a prompts file; only their files need to be there. */
class PicturesOfPromptsTest {

    private static final String ENTRY = "- target: krnkmd\n  positive: maid\n  action: enhance\n";

    @TempDir
    Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        Files.createFile(folder.resolve("a.png"));
        Files.createFile(folder.resolve("b c.webp"));
    }

    private LecoPromptsFile prompts(String pictures) throws IOException {
        Path file = Files.writeString(folder.resolve("prompts.yaml"), ENTRY + "  pictures: " + pictures + "\n");
        return LecoPromptsFile.read(file);
    }

    private HintPicture picture(String name, String caption) {
        return new HintPicture(folder.toAbsolutePath().resolve(name), caption);
    }

    @Test
    void are_files_beside_the_prompts_with_or_without_a_caption() throws IOException {
        assertThat(prompts("[a.png, {file: 'b c.webp', caption: 'kitchen, smile'}]")
                        .prompts()
                        .get(0)
                        .pictures())
                .containsExactly(picture("a.png", ""), picture("b c.webp", "kitchen, smile"));
        assertThat(prompts("a.png\n  picture_weight: 0.5").prompts())
                .containsExactly(PromptPair.enhance("krnkmd")
                        .positive("maid")
                        .picture(folder.toAbsolutePath().resolve("a.png"))
                        .pictureWeight(0.5)
                        .build());
    }

    @Test
    void are_written_so_that_they_are_read_again() throws IOException {
        LecoPromptsFile read = prompts("[a.png, {file: b c.webp, caption: \"a \\\"room\\\"\"}]");
        Path file = folder.resolve("prompts.yaml");
        PromptsDocument document = PromptsDocument.parse(file, Files.readString(file), Optional.empty());
        PromptPair more = read.prompts().get(0).toBuilder().pictureWeight(2).build();

        String changed = document.with(List.of(more));

        assertThat(changed).startsWith(ENTRY);
        assertThat(PromptsDocument.parse(file, changed, Optional.empty()).prompts())
                .containsExactly(more);
        String fresh = PromptsDocument.yaml(read.prompts());
        assertThat(PromptsDocument.parse(file, fresh, Optional.empty()).prompts())
                .isEqualTo(read.prompts());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[a.png, none.png] | line 1: pictures has 'none.png', but there is no file",
                "[{caption: kitchen}] | line 4: pictures.file is missing; expected the path of a picture",
                "[{file: a.png, captoin: x}] | line 4: pictures.captoin is unknown; did you mean caption?",
                "[a.png, [b.png]] | line 4: pictures: expected keys and values",
                ". | line 1: pictures has '.', but there is no file",
            })
    void what_is_wrong_is_told_with_its_line(String problem) {
        String[] parts = problem.split(" \\| ", 2);

        assertThatThrownBy(() -> prompts(parts[0]))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(parts[1]);
    }

    @Test
    void must_lie_in_the_workspace() {
        String text = ENTRY + "  pictures: ../a.png\n";
        Path file = folder.resolve("sub").resolve("prompts.yaml");

        assertThatThrownBy(() -> PromptsDocument.parse(
                        file, text, Optional.of(folder.resolve("sub").toAbsolutePath())))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("lies outside of the workspace");
        assertThat(PromptsDocument.parse(file, text, Optional.of(folder.toAbsolutePath()))
                        .prompts())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LECO", "KOHYA"})
    void are_lost_in_other_forms(String format) throws IOException {
        prompts("a.png");

        PromptsConversion conversion =
                PromptsConversion.read(folder.resolve("prompts.yaml"), PromptsFormat.valueOf(format));

        assertThat(conversion.losses()).anyMatch(loss -> loss.endsWith("1 picture lost: only the words are taught"));
        assertThat(conversion.text()).doesNotContain("picture");
    }
}
