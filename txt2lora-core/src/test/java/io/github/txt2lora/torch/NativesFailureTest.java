package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativesFailureTest {

    private static final Path CACHE = Path.of("home", ".djl.ai");

    @Test
    void system_without_natives_on_the_class_path_is_named() {
        var failure = new EngineException("Failed to save pytorch index file", new UnknownHostException("djl.example"));

        assertThat(NativesFailure.message(failure, true, "osx-aarch64", CACHE))
                .contains("UnknownHostException: djl.example")
                .contains("expected pytorch-native-cpu for osx-aarch64")
                .contains("txt2lora-all-platforms")
                .doesNotContain("DJL_CACHE_DIR");
    }

    @Test
    void natives_that_cannot_be_unpacked_name_the_folder_and_how_to_move_it() {
        var failure = new EngineException(
                "Failed to extract PyTorch native library", new IOException("No space left on device"));

        assertThat(NativesFailure.message(failure, false, "linux-x86_64", CACHE))
                .contains("No space left on device")
                .contains(CACHE.toString())
                .contains("DJL_CACHE_DIR")
                .doesNotContain("all-platforms");
    }
}
