package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.text.LoraTag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraFolderTest {

    private static final LoraTag TAG = new LoraTag("krnkmd", 0.8);

    @TempDir
    Path folder;

    @Test
    void finds_a_file_in_a_subfolder() throws IOException {
        Path file =
                Files.createFile(Files.createDirectory(folder.resolve("sub")).resolve("krnkmd.safetensors"));

        assertThat(LoraFolder.find(TAG, Optional.of(folder))).isEqualTo(new LoraWeight(file, 0.8));
    }

    @Test
    void names_the_nearest_file_for_an_unknown_name() throws IOException {
        Path near = Files.createFile(folder.resolve("krnkmt.safetensors"));
        Files.createFile(folder.resolve("other.safetensors"));

        assertThatThrownBy(() -> LoraFolder.find(TAG, Optional.of(folder)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("the prompt names the LoRA \"krnkmd\", but there is no .safetensors file of that name in "
                        + folder + "; did you mean " + near + "?");
    }

    @Test
    void says_what_is_missing_where_there_is_nothing_to_look_in() {
        assertThatThrownBy(() -> LoraFolder.find(TAG, Optional.empty()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("the request has no loraFolder");
        assertThatThrownBy(() -> LoraFolder.find(TAG, Optional.of(folder)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("the folder has no .safetensors files");
        assertThatThrownBy(() -> LoraFolder.find(TAG, Optional.of(folder.resolve("missing"))))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("cannot list the LoRA folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "sub/../../outside", "..\\outside", "/etc/passwd", "a\0b", "."})
    void a_name_never_leads_out_of_the_folder(String name) throws IOException {
        Path inside = Files.createDirectories(folder.resolve("loras/sub"));
        Files.createFile(inside.resolve("krnkmd.safetensors"));
        Files.createFile(folder.resolve("outside.safetensors"));

        assertThatThrownBy(() -> LoraFolder.find(new LoraTag(name, 1), Optional.of(folder.resolve("loras"))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("there is no .safetensors file of that name");
    }

    @Test
    void a_hostile_name_is_cut_and_escaped() {
        assertThatThrownBy(() ->
                        LoraFolder.find(new LoraTag("\u001b[2J\n" + "x".repeat(100_000), 1), Optional.of(folder)))
                .isInstanceOf(InvalidSettingException.class)
                .message()
                .startsWith("the prompt names the LoRA \"\\u001b[2J\\u000axxx")
                .hasSizeLessThan(1000);
    }
}
