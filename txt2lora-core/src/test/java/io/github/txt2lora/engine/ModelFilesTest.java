package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.spi.DownloadProgress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ModelFilesTest {

    private static final ModelSource DOWNLOAD =
            ModelSource.url("model.safetensors", URI.create("https://example.org/model.safetensors"));

    private static final Consumer<DownloadProgress> NOBODY = progress -> {};

    @Test
    void download_without_a_downloader_is_refused() {
        assertThatThrownBy(() -> ModelFiles.locate(DOWNLOAD, NOBODY, List.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "model model.safetensors is to be downloaded from https://example.org/model.safetensors, but"
                                + " no io.github.txt2lora.spi.ModelDownloader is on the class path; download the file yourself"
                                + " and give it as ModelSource.file(...)");
    }

    @Test
    void secrets_of_a_download_are_not_shown() {
        ModelSource download = ModelSource.url("model", URI.create("https://example.org/model?token=secret"));

        assertThatThrownBy(() -> ModelFiles.locate(download, NOBODY, List.of()))
                .hasMessageContaining("https://example.org/model?***")
                .hasMessageNotContaining("secret");
    }

    @Test
    void download_is_left_to_the_first_downloader() {
        Path downloaded = Path.of("cache/model.safetensors");

        assertThat(ModelFiles.locate(DOWNLOAD, NOBODY, List.of((source, told) -> downloaded, (source, told) -> {
                    throw new AssertionError("the second one was asked");
                })))
                .isEqualTo(downloaded);
    }

    @Test
    void files_and_folders_are_where_they_are() {
        assertThat(ModelFiles.locate(ModelSource.file(Path.of("a.safetensors")), NOBODY, List.of()))
                .isEqualTo(Path.of("a.safetensors"));
        assertThat(ModelFiles.locate(ModelSource.folder(Path.of("b")), NOBODY, List.of()))
                .isEqualTo(Path.of("b"));
    }
}
