package io.github.txt2lora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticCheckpointTest {

    private static final SyntheticCheckpoint SMALL = new SyntheticCheckpoint(
            new UNetShapes(List.of(32, 64), 1, 64), new VaeShapes(List.of(32, 32), 1), new ClipShapes(64, 2));

    @Test
    @Tag("parity")
    void full_size_has_the_names_and_shapes_of_the_real_one() throws IOException {
        Path keys =
                Path.of(System.getProperty("golden.dir", "txt2lora-core/src/test/resources/golden"), "keys/sd15.json");
        assumeThat(keys).exists();

        assertThat(SyntheticCheckpoint.SD15.shapes())
                .containsExactlyInAnyOrderEntriesOf(recorded(new ObjectMapper().readTree(keys.toFile())));
    }

    private static Map<String, List<Long>> recorded(JsonNode keys) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (JsonNode row : keys.get("rows")) {
            String prefix = keys.get("prefix").get(row.get(0).asText()).asText();
            JsonNode shape = row.get(4).isNull() ? row.get(2) : row.get(4);
            List<Long> sizes = new ArrayList<>();
            shape.forEach(size -> sizes.add(size.asLong()));
            shapes.put(prefix + row.get(3).asText(), sizes);
        }
        return shapes;
    }

    @Test
    void opens_as_a_checkpoint_with_finite_weights(@TempDir Path folder) {
        Path file = folder.resolve("small.safetensors");
        SMALL.write(file);

        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.requireFinite(Component.UNET, Component.VAE, Component.TEXT_ENCODER);
            assertThat(checkpoint.family()).isEqualTo(ModelFamily.SD1);
        }
    }

    @Test
    void weights_are_the_same_each_time(@TempDir Path folder) throws IOException {
        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        SMALL.write(first);
        SMALL.write(second);

        assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    }

    @Test
    void weights_have_the_variance_of_one_over_the_inputs(@TempDir Path folder) {
        Path file = folder.resolve("small.safetensors");
        SMALL.write(file);

        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            float[] weights = checkpoint
                    .tensors(Component.UNET)
                    .get("mid_block.resnets.0.conv1.weight")
                    .toFloats();
            double squares = 0;
            for (float weight : weights) {
                squares += weight * weight;
            }
            assertThat(squares / weights.length * 64 * 9).isBetween(0.9, 1.1);
        }
    }
}
