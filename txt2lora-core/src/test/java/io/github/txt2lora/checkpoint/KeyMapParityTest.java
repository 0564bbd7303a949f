package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Full-size models, names and shapes only, against the lists that diffusers and its converters gave. */
@Tag("parity")
class KeyMapParityTest {

    @TestFactory
    Stream<DynamicTest> a_single_file_maps_completely() {
        return eachRecording(golden -> {
            StableDiffusionNetworks contents = SingleFileLayout.read(golden.file(), golden.singleFile());
            assertThat(contents.family()).isEqualTo(golden.family());
            assertThat(shapes(contents.tensors())).isEqualTo(recordedShapes(golden));
        });
    }

    @TestFactory
    Stream<DynamicTest> every_tensor_comes_from_the_recorded_key() {
        return eachRecording(golden -> {
            StableDiffusionNetworks contents = SingleFileLayout.read(golden.file(), golden.singleFile());
            assertThat(golden.rows())
                    .allSatisfy(row -> assertThat(contents.tensors()
                                    .get(row.component())
                                    .get(row.diffusersName())
                                    .name())
                            .isEqualTo(row.singleFileKey()));
        });
    }

    @TestFactory
    Stream<DynamicTest> a_folder_maps_completely() {
        return eachRecording(golden -> {
            Map<Component, ComponentTensors> found = new EnumMap<>(Component.class);
            recordedShapes(golden)
                    .keySet()
                    .forEach(component -> found.put(
                            component,
                            new ComponentTensors(
                                    Path.of("model"),
                                    component,
                                    "",
                                    golden.folder(component),
                                    KeyMap.DIFFUSERS,
                                    key -> false)));
            assertThat(FolderLayout.generation(found)).isEqualTo(golden.family());
            StableDiffusionNetworks contents = StableDiffusionNetworks.of(golden.file(), golden.family(), found);
            assertThat(shapes(contents.tensors())).isEqualTo(recordedShapes(golden));
        });
    }

    private static Map<Component, Map<String, List<Long>>> shapes(Map<Component, Map<String, TensorView>> tensors) {
        return tensors.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        network -> network.getValue().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        tensor -> tensor.getValue().shape()))));
    }

    private static Map<Component, Map<String, List<Long>>> recordedShapes(GoldenKeys golden) {
        return golden.rows().stream()
                .collect(Collectors.groupingBy(
                        GoldenKeys.Row::component,
                        Collectors.toMap(GoldenKeys.Row::diffusersName, GoldenKeys.Row::diffusersShape)));
    }

    private static Stream<DynamicTest> eachRecording(Consumer<GoldenKeys> check) {
        List<GoldenKeys> all = GoldenKeys.all();
        assumeThat(all).isNotEmpty();
        return all.stream().map(golden -> DynamicTest.dynamicTest(golden.toString(), () -> check.accept(golden)));
    }
}
