package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressTest {

    @Test
    void an_address_without_secrets_stays_as_it_is() {
        URI address = URI.create("https://example.org:8443/a/model.safetensors");

        assertThat(PublicAddress.of(address)).isEqualTo(address.toString());
    }

    @Test
    void host_and_path_stay_where_secrets_go() {
        assertThat(PublicAddress.of("https://user:secret@example.org/model?token=secret#secret"))
                .isEqualTo("https://***@example.org/model?***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://secret@example.org/model",
                "https://user:se/cret@example.org/model",
                "https://user:secret?@example.org/model",
                "https://example.org/model#secret",
                "https://example.org/model?a=b&token=secret\nsecret",
                "user:secret@example.org/model",
                "?secret",
                "secret@"
            })
    void nothing_of_a_secret_is_left(String address) {
        assertThat(PublicAddress.of(address)).doesNotContain("cret");
    }

    @Test
    void addresses_in_a_text_are_shown_without_secrets_and_the_text_as_it_is() {
        assertThat(PublicAddress.in(
                        "a https://example.org/x?sig=secret, b (HTTPS://u:secret@h/y#secret); 'hf://o/r?secret'"
                                + " /work/https:/example.org/z?secret.\n5:/? is 'C:/a#1'"))
                .isEqualTo("a https://example.org/x?***, b (HTTPS://***@h/y?***); 'hf://o/r?***'"
                        + " /work/https:/example.org/z?***.\n5:/? is 'C:/a#1'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/x?***&sig=secret",
                "https://example.org/x?a=1;b=secret",
                "see:https://example.org/x?a=(secret)",
                "https://example.org/x?a=[secret]&b=secret…",
                "ftp://secret:secret@example.org"
            })
    void nothing_of_a_secret_is_left_in_a_text(String text) {
        assertThat(PublicAddress.in("x " + text + " y"))
                .doesNotContain("cret")
                .startsWith("x ")
                .endsWith(" y");
        assertThat(PublicAddress.in(PublicAddress.in(text))).isEqualTo(PublicAddress.in(text));
    }
}
