package io.github.txt2lora.demo;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A small Stable Diffusion 1.x model of drawn characters, 96x96 pixels, so that everything can be tried without a
 * download.
 */
public final class DemoCheckpoint {

    /** The model's name: that of its file, without extension. */
    public static final String NAME = "chibi";

    private static final String FILE_NAME = NAME + ".safetensors";

    private DemoCheckpoint() {}

    /**
     * Copies the checkpoint into a folder, which is created when needed, as {@code chibi.safetensors}: models are read
     * from files.
     *
     * @throws StorageException if it cannot be written
     */
    public static ModelSource copyTo(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("Cannot make the folder " + folder + " for the demo checkpoint: " + e, e);
        }
        Path file = folder.resolve(FILE_NAME);
        ByteBuffer bytes = read();
        AtomicFile.write(file, bytes.remaining(), channel -> channel.write(bytes));
        return ModelSource.file(file);
    }

    private static ByteBuffer read() {
        try (InputStream in = Objects.requireNonNull(DemoCheckpoint.class.getResourceAsStream(FILE_NAME))) {
            return ByteBuffer.wrap(in.readAllBytes());
        } catch (IOException e) {
            throw new StorageException("The demo checkpoint cannot be read out of its jar: " + e, e);
        }
    }
}
