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
    @ValueSource(
            strings = {
                "base.safetensors",
                "/base",
                "ftp://example.org/x",
                "file:///",
                "hf://x",
                "hf://x/y",
                "hf:x",
                "https:///x"
            })
    void rejects_addresses_that_cannot_be_downloaded(String url) {
        assertThatThrownBy(() -> ModelSource.url("base", URI.create(url)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("model url is \"" + url
                        + "\"; expected an absolute address such as https://example.org/model.safetensors");
    }

    @Test
    void rejects_download_names_that_lead_elsewhere() {
        assertThatThrownBy(() -> ModelSource.url("../base", URI.create("https://example.org/x")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("model name is \"../base\"");
    }

    @Test
    void rejects_http_but_for_this_machine() {
        assertThatThrownBy(() -> ModelSource.url("base", URI.create("http://example.org/x?token=abc")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "model url is \"http://example.org/x?***\"; expected https, because with http anybody on the way"
                                + " can put another file in the place of the model");
        for (String host : new String[] {"localhost", "127.0.0.1:8080", "[::1]"}) {
            assertThat(ModelSource.url("base", URI.create("http://" + host + "/x"))
                            .displayName())
                    .isEqualTo("base");
        }
        for (String host : new String[] {"localhost.example.org", "127.0.0.1.example.org"}) {
            assertThatThrownBy(() -> ModelSource.url("base", URI.create("http://" + host + "/x")))
                    .isInstanceOf(InvalidSettingException.class);
        }
    }

    @Test
    void secrets_of_an_address_are_never_shown() {
        ModelSource.Download download = ModelSource.url("base", URI.create("https://example.org/x?token=abc#def"));

        assertThat(download.displayUrl()).isEqualTo("https://example.org/x?***");
        assertThat(download.toString()).contains("https://example.org/x").doesNotContain("abc", "def");
        assertThatThrownBy(() -> ModelSource.url("base", URI.create("https://me:abc@example.org/x")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("model url https://***@example.org/x holds a user's name or password")
                .hasMessageNotContaining("abc");
        assertThatThrownBy(() -> download.withTokenFrom("hf_abc-1"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageNotContaining("abc");
    }

    @Test
    void download_is_kept_under_its_name_in_its_folder() {
        URI url = URI.create("https://example.org/x");

        assertThat(ModelSource.url("base", url).into(Path.of("model")).file())
                .isEqualTo(Path.of("model", "base.safetensors"));
        assertThat(ModelSource.url("base.SafeTensors", url)
                        .into(Path.of("model"))
                        .file())
                .isEqualTo(Path.of("model", "base.SafeTensors"));
        assertThat(ModelSource.url("base", url).file().getParent()).isEqualTo(ModelSource.Download.defaultFolder());
        Path local = Path.of("base.safetensors").toAbsolutePath();
        assertThat(ModelSource.url("other", local.toUri()).file()).isEqualTo(local);
    }

    @Test
    void hash_is_compared_in_lower_case_and_must_be_one() {
        ModelSource.Download download = ModelSource.url("base", URI.create("hf://org/repo/x.safetensors"));

        assertThat(download.withSha256("AB".repeat(32)).sha256()).hasValue("ab".repeat(32));
        assertThatThrownBy(() -> download.withSha256("ab"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("model sha256 is \"ab\"; expected 64 hexadecimal digits in lower case");
    }
}
