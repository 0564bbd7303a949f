package io.github.txt2lora.lora;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.ops.LoraMerge;
import io.github.txt2lora.ops.LoraOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Merges into weights are held to recorded ones of kohya's script. Its merges of LoRAs into one another are not exact,
 * so those recordings only give the files and ratios: ours are compared with the sum of the products.
 */
@Tag("parity")
class MergeParityTest {

    private static final String FOLDER = "lora/merge";
    private static final String ENDING = ".safetensors";
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path temporary;

    @TestFactory
    Stream<DynamicTest> merges_into_weights_agree() {
        return GoldenCases.each(FOLDER, recordings("into_model."), file -> {
            List<WeightedLora> loras = WeightedLora.openAll(loras(file));
            try (SafetensorsFile base = SafetensorsFile.open(Golden.file(FOLDER + "/base.safetensors"));
                    SafetensorsFile expected = SafetensorsFile.open(file);
                    LowRankAlgebra algebra = new LowRankAlgebra()) {
                var merger = new CheckpointMerger(algebra, loras);
                for (TensorView weight : base.tensors()) {
                    List<LoraAddition> additions = new ArrayList<>();
                    loras.forEach(lora -> lora.source().pairs().stream()
                            .filter(pair -> pair.module().equals(weight.name()))
                            .forEach(pair -> additions.add(new LoraAddition(pair, lora.weightOf(pair), 0, false))));
                    assertThat(additions).hasSameSizeAs(loras);
                    var merged = new TensorView(
                            weight.name(), ElementType.F32, weight.shape(), () -> merger.merged(weight, additions));
                    assertThatTensor(merged.toFloats())
                            .as(weight.name())
                            .isCloseTo(expected.tensor(weight.name()), TOLERANCE);
                }
            } finally {
                loras.forEach(WeightedLora::close);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> merged_loras_do_what_the_recorded_inputs_do_together() {
        return GoldenCases.each(FOLDER, recordings("loras."), file -> {
            Path output = temporary.resolve("merged.safetensors");
            try (LoraOperations operations = LoraOperations.open()) {
                operations.merge(LoraMerge.of(loras(file), output));
            }
            Map<String, float[]> merged = LoraFiles.effects(output);
            assertThat(merged).isNotEmpty();
            merged.forEach((layer, effect) -> {
                float[] sum = new float[effect.length];
                for (LoraWeight lora : loras(file)) {
                    sum = LoraFiles.sum(sum, LoraFiles.effects(lora.file()).get(layer), lora.weight());
                }
                assertThatTensor(effect).as(layer).isCloseTo(sum, TOLERANCE, 1);
            });
        });
    }

    private static List<Path> recordings(String prefix) {
        return GoldenCases.files(FOLDER, ENDING).stream()
                .filter(file -> file.getFileName().toString().startsWith(prefix))
                .toList();
    }

    private static List<LoraWeight> loras(Path file) {
        JsonNode recording;
        try {
            recording = new ObjectMapper()
                    .readTree(Golden.file(FOLDER + "/cases.json").toFile())
                    .path("cases")
                    .path(GoldenCases.name(file, ENDING));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<LoraWeight> loras = new ArrayList<>();
        for (int i = 0; i < recording.path("loras").size(); i++) {
            loras.add(new LoraWeight(
                    Golden.file(
                            FOLDER + "/lora_" + recording.path("loras").get(i).asInt() + ENDING),
                    recording.path("ratios").get(i).asDouble()));
        }
        return loras;
    }
}
