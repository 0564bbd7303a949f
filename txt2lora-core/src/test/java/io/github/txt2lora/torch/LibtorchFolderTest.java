package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.LibUtils;
import io.github.txt2lora.jvm.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A libtorch in a folder that {@code PYTORCH_LIBRARY_PATH} names. */
class LibtorchFolderTest {

    @TempDir
    private Path folder;

    @Test
    void broken_library_is_told_in_the_loaders_words() throws Exception {
        Path library = Files.writeString(folder.resolve(System.mapLibraryName("torch")), "not a library, but a text");

        assertThat(start(folder))
                .startsWith("refused libtorch does not load: ")
                .contains(library.toString())
                .contains("remove the folder")
                .doesNotContain("Failed to load");
    }

    @Test
    void folder_without_libtorch_is_refused_and_not_passed_over() throws Exception {
        assertThat(start(folder))
                .startsWith("refused PYTORCH_LIBRARY_PATH is")
                .contains(folder.toString())
                .contains("expected a folder with " + System.mapLibraryName("torch"));
    }

    /** DJL by itself looks for a bridge that it does not have. */
    @Test
    void installed_libtorch_needs_no_other_setting() throws Exception {
        String version;
        Path installed;
        try (Torch torch = TestTorch.start()) {
            version = torch.version();
            installed = Path.of(LibUtils.getLibtorchPath());
        }

        assertThat(start(installed)).isEqualTo("started " + version);
    }

    private String start(Path libraries) throws IOException, InterruptedException {
        Path lines = folder.resolve("lines.txt");
        Process process = ChildJvm.start(
                StartedTorch.class,
                lines,
                List.of("-DPYTORCH_LIBRARY_PATH=" + libraries, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"),
                "cpu");
        assertThat(process.waitFor()).as(Files.readString(lines)).isZero();
        return Files.readAllLines(lines).stream()
                .filter(line -> line.startsWith("started ") || line.startsWith("refused "))
                .collect(Collectors.joining("\n"));
    }
}
