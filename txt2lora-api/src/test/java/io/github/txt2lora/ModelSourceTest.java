package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSourceTest {

    @Test
    void is_shown_by_the_last_part_of_its_path_or_its_name() {
        assertThat(ModelSource.file(Path.of("model", "base.safetensors")).displayName())
                .isEqualTo("base.safetensors");
        assertThat(ModelSource.folder(Path.of("model", "sd15", ".")).displayName())
                .isEqualTo("sd15");
        assertThat(ModelSource.url("tiny", URI.create("https://example.org/x?download=true"))
                        .displayName())
                .isEqualTo("tiny");
    }

    @Test
    void the_root_of_a_file_system_has_a_name_too() {
        Path root = Path.of("").toAbsolutePath().getRoot();

        assertThat(ModelSource.folder(root).displayName()).isEqualTo(root.toString());
    }

    @Test
    void sources_of_the_same_place_are_equal() {
        assertThat(ModelSource.file(Path.of("a"))).isEqualTo(new ModelSource.SingleFile(Path.of("a")));
        assertThat(ModelSource.folder(Path.of("a"))).isNotEqualTo(ModelSource.file(Path.of("a")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base.safetensors", "/base", "ftp://example.org/x", "file:///x", "mailto:a", "https:x"})
    void rejects_addresses_that_cannot_be_downloaded(String url) {
        assertThatThrownBy(() -> ModelSource.url("base", URI.create(url)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("model url is \"" + url
                        + "\"; expected an absolute address such as https://example.org/model.safetensors");
    }

    @Test
    void secrets_of_a_download_are_not_shown() {
        ModelSource source = ModelSource.url("base", URI.create("https://user:secret@example.org/x?token=secret"));
        assertThat(source).hasToString("Download[name=base, url=https://***@example.org/x?***]");
        assertThatThrownBy(() -> ModelSource.url("base", URI.create("ftp://user:secret@example.org/x?token=secret")))
                .hasMessageContaining("ftp://***@example.org/x?***")
                .hasMessageNotContaining("secret");
    }

    @Test
    void rejects_download_names_that_lead_elsewhere() {
        assertThatThrownBy(() -> ModelSource.url("../base", URI.create("https://example.org/x")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("model name is \"../base\"");
    }
}
