package io.github.txt2lora.golden;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.txt2lora.checkpoint.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the recorded checkpoints, which come as a single file, as a folder, or as both. */
public final class GoldenCheckpoints {

    private GoldenCheckpoints() {}

    /** The checkpoint of a name such as {@code sd1-tiny}; the test is skipped if there is none. */
    public static Path path(String name) {
        Path folder = Golden.file("checkpoints/" + name);
        if (Files.exists(folder.resolve("unet/diffusion_pytorch_model.safetensors"))) {
            return folder;
        }
        Path file = Golden.file("checkpoints/" + name + ".safetensors");
        assumeThat(file).exists();
        return file;
    }

    public static Checkpoint open(String name) {
        return Checkpoint.open(path(name));
    }
}
