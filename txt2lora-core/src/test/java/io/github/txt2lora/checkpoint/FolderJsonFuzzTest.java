package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.Txt2LoraException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Any bytes as each of the JSON files that are read in a diffusers folder. */
class FolderJsonFuzzTest {

    @TempDir
    private static Path folder;

    @FuzzTest(maxDuration = "60s")
    void read(byte[] json) throws IOException {
        for (String file : List.of(
                "scheduler/scheduler_config.json",
                "vae/config.json",
                "unet/diffusion_pytorch_model.safetensors.index.json")) {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.write(path, json);
        }
        try {
            assertThat(FolderLayout.hints(folder).vaeScalingFactor().orElse(1.0))
                    .isPositive()
                    .isFinite();
        } catch (Txt2LoraException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        try {
            List<Path> shards = WeightFiles.find(folder.resolve("unet"), "diffusion_pytorch_model");
            assertThat(shards)
                    .isNotEmpty()
                    .allMatch(shard -> folder.resolve("unet").equals(shard.getParent()));
        } catch (Txt2LoraException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
