package io.github.txt2lora.torch.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThisMachineTest {

    private final ThisMachine machine = new ThisMachine();

    @TempDir
    private Path folder;

    @Test
    void natives_of_the_build_are_found_on_the_class_path() {
        assertThat(machine.bundled())
                .filteredOn(one -> one.system().equals(machine.system()))
                .singleElement()
                .satisfies(natives -> {
                    assertThat(natives.isCuda()).isFalse();
                    assertThat(natives.version()).startsWith(machine.pytorchVersion());
                    assertThat(natives.libraries()).contains(System.mapLibraryName("torch"));
                });
    }

    @Test
    void machine_without_a_driver_says_which_library_is_missing() {
        DriverState state = machine.driver();
        assumeTrue(state instanceof DriverState.Missing);

        assertThat(((DriverState.Missing) state).reason()).containsAnyOf("cuda", "CUDA");
    }

    @Test
    void package_of_python_is_described_by_its_files() throws IOException {
        Path lib = Files.createDirectories(folder.resolve("torch/lib"));
        library(lib, "torch");
        library(lib, "torch_cuda");
        library(lib, "torch_python");
        Files.writeString(
                folder.resolve("torch/version.py"), "from typing import Optional\n__version__ = '2.7.1+cu128'\n");

        assertThat(machine.installed(folder.resolve("nothing") + File.pathSeparator + lib))
                .hasValueSatisfying(found -> {
                    assertThat(found.folder()).isEqualTo(lib);
                    assertThat(found.isCuda()).isTrue();
                    assertThat(found.isOfPython()).isTrue();
                    assertThat(found.version()).contains("2.7.1");
                });
    }

    @Test
    void unpacked_archive_is_found_by_the_file_of_libtorch() throws IOException {
        Path lib = Files.createDirectories(folder.resolve("libtorch/lib"));
        Files.writeString(folder.resolve("libtorch/build-version"), "2.7.1+cpu\n");

        assertThat(machine.installed(library(lib, "torch").toString())).hasValueSatisfying(found -> {
            assertThat(found.folder()).isEqualTo(lib);
            assertThat(found.isCuda()).isFalse();
            assertThat(found.isOfPython()).isFalse();
            assertThat(found.version()).contains("2.7.1");
        });
    }

    @Test
    void folder_without_libtorch_is_none() {
        assertThat(machine.installed(folder.toString())).isEmpty();
        assertThat(machine.installed("\0")).isEmpty();
    }

    private static Path library(Path lib, String name) throws IOException {
        return Files.createFile(lib.resolve(System.mapLibraryName(name)));
    }
}
