package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.golden.Golden;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small SD 1.x checkpoint with any of its tensors added, reshaped or, by a shape without an axis, removed; the tensors
 * are those of {@link TensorLines}.
 */
class SingleFileFuzzTest {

    private static final Path FILE = Path.of("fuzzed.safetensors");
    private static final Map<String, List<Long>> SOUND = soundShapes();

    private static Map<String, List<Long>> soundShapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        Path sound = Golden.file("checkpoints/sd1-tiny.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(sound)) {
            file.byName().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        }
        return shapes;
    }

    @FuzzTest(maxDuration = "60s")
    void read(byte[] changes) {
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        SOUND.forEach((name, shape) -> tensors.put(name, view(name, ElementType.F16, shape)));
        for (TensorLines.Line line :
                TensorLines.parse(new String(changes, StandardCharsets.UTF_8)).tensors()) {
            if (line.shape().isEmpty()) {
                tensors.remove(line.name());
            } else {
                tensors.put(line.name(), view(line.name(), line.type(), line.shape()));
            }
        }
        try {
            StableDiffusionNetworks contents = SingleFileLayout.read(FILE, tensors);
            assertThat(contents.tensors()).containsKeys(Component.UNET, Component.VAE, Component.TEXT_ENCODER);
        } catch (CheckpointException refused) {
            assertThat(refused).hasMessageContaining("fuzzed.safetensors");
        }
    }

    private static TensorView view(String name, ElementType type, List<Long> shape) {
        return new TensorView(name, type, shape, () -> ByteBuffer.allocate(0));
    }
}
