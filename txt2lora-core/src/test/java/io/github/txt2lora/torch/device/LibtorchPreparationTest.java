package io.github.txt2lora.torch.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchPreparationTest {

    @TempDir
    private Path folder;

    @Test
    void files_on_the_class_path_are_unpacked_to_where_djl_would() throws Exception {
        var natives = new BundledLibtorch("2.5.1-1", "cu124", "linux-x86_64", List.of("libc10.so", "libtorch.so"));
        write("classes/pytorch/cu124/linux-x86_64/libc10.so", "c10");
        write("classes/pytorch/cu124/linux-x86_64/libtorch.so", "torch");
        Path cache = folder.resolve("cache");
        Path earlier = write("cache/2.5.1-1-cu124-linux-x86_64/libc10.so", "of an earlier start");

        Path unpacked = unpack(natives, cache);

        assertThat(unpacked).isEqualTo(cache.resolve("2.5.1-1-cu124-linux-x86_64"));
        assertThat(unpacked.resolve("libtorch.so")).hasContent("torch");
        assertThat(earlier).hasContent("of an earlier start");
    }

    private Path unpack(BundledLibtorch natives, Path cache) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        URL classes = folder.resolve("classes").toUri().toURL();
        try (var loader = new URLClassLoader(new URL[] {classes}, before)) {
            thread.setContextClassLoader(loader);
            return LibtorchPreparation.unpack(natives, cache);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Path write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }
}
