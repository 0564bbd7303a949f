package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingFolderTest {

    @TempDir
    private Path folder;

    private void file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, name);
    }

    private List<String> namedIn(String... prompts) {
        return EmbeddingFolder.of(folder).namedIn(List.of(prompts)).entries().stream()
                .map(EmbeddingFolder.Entry::name)
                .toList();
    }

    @Test
    void lists_embeddings_in_subfolders_and_nothing_else() throws IOException {
        file("Easy Negative.safetensors");
        file("sdxl/bad.hands-5.SAFETENSORS");
        file("old.pt");
        file("diffusers.bin");
        file("preview.png");
        file(".hidden.safetensors");
        file(".safetensors");
        file("\u200b.safetensors");
        Files.createDirectory(folder.resolve("folder.safetensors"));

        assertThat(EmbeddingFolder.of(folder).entries())
                .extracting(EmbeddingFolder.Entry::name)
                .containsExactlyInAnyOrder("Easy Negative", "bad.hands-5", "old", "diffusers");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links are for privileged users there")
    void follows_links_and_is_not_caught_in_a_circle_of_them() throws IOException {
        Path synced = Files.createDirectory(folder.resolve("synced"));
        Path real = Files.createDirectory(folder.resolve("real"));
        Files.writeString(synced.resolve("toy.safetensors"), "toy");
        Files.createSymbolicLink(real.resolve("link"), synced);
        Files.createSymbolicLink(synced.resolve("up"), real);

        assertThat(EmbeddingFolder.of(real).entries())
                .extracting(EmbeddingFolder.Entry::name)
                .containsExactly("toy");
    }

    @Test
    void files_whose_names_differ_in_case_or_extension_are_one_name() throws IOException {
        file("a/toy.safetensors");
        file("b/Toy.pt");

        List<EmbeddingFolder.Entry> entries = EmbeddingFolder.of(folder).entries();

        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).files()).hasSize(2);
        assertThat(entries.get(0).safetensors()).containsExactly(folder.resolve("a/toy.safetensors"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " | ",
            value = {
                "bad, easy  NEGATIVE | true",
                "(Easy Negative:1.2) | true",
                "easynegative | false",
                "uneasy negative | false",
                "easy | false",
                "easy negatives | false",
                "easy negative5 | true",
            })
    void a_prompt_names_it_by_whole_words_in_any_case(String prompt, boolean expected) throws IOException {
        file("Easy Negative.safetensors");

        assertThat(!namedIn("1girl", prompt).isEmpty()).isEqualTo(expected);
    }

    @Test
    void a_name_does_not_reach_from_one_prompt_into_the_next() throws IOException {
        file("Easy Negative.safetensors");

        assertThat(namedIn("easy", "negative")).isEmpty();
    }

    @Test
    void ideographs_are_words_of_their_own() throws IOException {
        file("\u732b.safetensors");

        assertThat(namedIn("\u9ed2\u732b")).hasSize(1);
    }

    @Test
    void digests_are_those_of_the_content() throws IOException {
        file("toy.safetensors");

        assertThat(EmbeddingFolder.of(folder).sha256())
                .isEqualTo(Map.of("toy", Sha256.of(folder.resolve("toy.safetensors"))));
    }

    @Test
    void no_folder_has_no_embeddings_and_a_missing_one_is_refused() throws IOException {
        file("toy.safetensors");

        assertThat(EmbeddingFolder.of(Optional.empty()).entries()).isEmpty();
        assertThatThrownBy(() -> EmbeddingFolder.of(folder.resolve("missing")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("embeddings is ", "missing", "but there is none");
        assertThatThrownBy(() -> EmbeddingFolder.of(folder.resolve("toy.safetensors")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("but that is a file");
    }
}
