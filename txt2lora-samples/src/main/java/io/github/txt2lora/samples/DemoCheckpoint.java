package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * The checkpoint that comes with the samples: a small Stable Diffusion 1.x model of drawn characters, 96x96 pixels, so
 * that everything can be tried without a download.
 */
final class DemoCheckpoint {

    private static final String RESOURCE = "chibi.safetensors";

    private DemoCheckpoint() {}

    /** Copies the checkpoint into a folder, which is created when needed: models are read from files. */
    static ModelSource copyTo(Path folder) {
        Path file = folder.resolve(RESOURCE);
        try (InputStream in = Objects.requireNonNull(DemoCheckpoint.class.getResourceAsStream(RESOURCE))) {
            Files.createDirectories(folder);
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo checkpoint cannot be copied to " + file, e);
        }
        return ModelSource.file(file);
    }
}
