package io.github.txt2lora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.StableDiffusion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SyntheticCheckpointTest {

    private static final SyntheticCheckpoint SMALL = new SyntheticCheckpoint(
            new UNetShapes(List.of(32, 64), 1, List.of(1, 0), 1, 64, false, OptionalInt.empty()),
            new VaeShapes(List.of(32, 32), 1),
            List.of(new ClipShapes("cond_stage_model.transformer.text_model.", 64, 2)));

    @ParameterizedTest
    @MethodSource("fullSizes")
    @Tag("parity")
    void full_size_has_the_names_and_shapes_of_the_real_one(String name, SyntheticCheckpoint fullSize)
            throws IOException {
        Path keys = Path.of(
                System.getProperty("golden.dir", "txt2lora-core/src/test/resources/golden"), "keys", name + ".json");
        assumeThat(keys).exists();

        assertThat(fullSize.shapes())
                .containsExactlyInAnyOrderEntriesOf(recorded(new ObjectMapper().readTree(keys.toFile())));
    }

    private static Stream<Arguments> fullSizes() {
        return Stream.of(
                Arguments.of("sd15", SyntheticCheckpoint.SD15),
                Arguments.of("sd21", SyntheticCheckpoint.SD21),
                Arguments.of("sdxl", SyntheticCheckpoint.SDXL));
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
            assertThat(checkpoint.family()).isEqualTo(StableDiffusion.SD1);
        }
    }

    @ParameterizedTest
    @CsvSource({"TINY_SD1, SD1", "TINY_SD2, SD2", "TINY_SDXL, SDXL"})
    void small_models_are_of_their_family(SmallModel model, StableDiffusion family) throws IOException {
        try (TemporaryModel file = TemporaryModel.of(model);
                Checkpoint checkpoint = Checkpoint.open(file.file())) {
            assertThat(checkpoint.family()).isEqualTo(family);
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
