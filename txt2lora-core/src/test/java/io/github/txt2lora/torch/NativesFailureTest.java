package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import io.github.txt2lora.torch.NativesFailure.Place;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativesFailureTest {

    private static final Path CACHE = Path.of("home", ".djl.ai");

    private static String message(Throwable failure, boolean isMissing) {
        return NativesFailure.message(failure, new Place(isMissing, "linux-x86_64", "2.7.1", CACHE));
    }

    @Test
    void system_without_natives_on_the_class_path_is_named() {
        var failure = new EngineException("Failed to save pytorch index file", new UnknownHostException("djl.example"));

        assertThat(message(failure, true))
                .contains("UnknownHostException: djl.example")
                .contains("expected pytorch-native-cpu for linux-x86_64")
                .contains("txt2lora-all-platforms")
                .contains("-Pgpu-offline")
                .doesNotContain("DJL_CACHE_DIR");
    }

    @Test
    void natives_that_cannot_be_unpacked_name_the_folder_and_how_to_move_it() {
        var failure = new EngineException(
                "Failed to extract PyTorch native library", new IOException("No space left on device"));

        assertThat(message(failure, false))
                .contains("No space left on device")
                .contains(CACHE.toString())
                .contains("DJL_CACHE_DIR")
                .doesNotContain("all-platforms");
    }

    @Test
    void library_that_does_not_load_is_told_by_its_root_and_not_by_djls_words() {
        var failure = new EngineException(
                "Failed to load PyTorch native library",
                new UnsatisfiedLinkError("/home/u/.djl.ai/pytorch/x/libcaffe2_nvrtc.so: libcuda.so.1: cannot open"
                        + " shared object file: No such file or directory"));

        assertThat(message(failure, false))
                .startsWith("libtorch does not load: libcuda.so.1: cannot open shared object file: No such file or"
                        + " directory (while loading /home/u/.djl.ai/pytorch/x/libcaffe2_nvrtc.so); ")
                .contains("NVIDIA's driver is missing")
                .doesNotContain("Failed to load")
                .doesNotContain("DJL_CACHE_DIR");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/d/libtorch_cuda.so: libcudnn.so.9: cannot open shared object file: No such file or directory"
                        + "|install libcudnn.so.9, or name its folder in the environment variable LD_LIBRARY_PATH",
                "/d/libtorch.so: file too short|remove the folder",
                "/d/libc10.so: invalid ELF header|remove the folder",
                "/d/libtorch_cpu.so: /lib/libc.so.6: version `GLIBC_2.28' not found|older than PyTorch 2.7.1 expects",
                "/d/libdjl_torch.so: undefined symbol: _ZN3c10|expected PyTorch 2.7.1",
                "/d/libtorch.so: failed to map segment from shared object|DJL_CACHE_DIR",
                "C:\\d\\torch_cuda.dll: Can't find dependent libraries|bin\\txt2lora.bat",
                "C:\\d\\torch.dll: Can't load IA 32-bit .dll on a AMD 64-bit platform|another processor",
            })
    void every_text_of_the_loader_has_its_own_remedy(String text, String remedy) {
        String reason = text.substring(text.indexOf(": ") + 2);

        assertThat(message(new EngineException("x", new UnsatisfiedLinkError(text)), false))
                .contains(reason)
                .contains(remedy);
    }

    @Test
    void bridge_that_is_not_there_names_the_version_and_flavors_that_are() {
        var failure = new EngineException(
                "Cannot copy jni files",
                new IOException("Resource not found in classpath: jnilib/linux-x86_64/cu118/libdjl_torch.so"));

        assertThat(message(failure, false))
                .contains("expected PyTorch 2.7.1")
                .contains("cpu or cu128 as PYTORCH_FLAVOR");
    }
}
