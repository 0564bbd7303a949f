package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.txt2lora.golden.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The recorded small checkpoints, whose weights are the same in both layouts, bit for bit. */
@Tag("parity")
class CheckpointParityTest {
    private static final String ENDING = ".safetensors";

    @TestFactory
    Stream<DynamicTest> a_single_file_gives_the_tensors_of_its_folder_bit_for_bit() {
        List<Path> pairs = singleFiles().stream()
                .filter(file -> Files.exists(folderOf(file).resolve("unet/diffusion_pytorch_model" + ENDING)))
                .toList();
        assumeThat(pairs).isNotEmpty();
        return pairs.stream()
                .map(file -> DynamicTest.dynamicTest(String.valueOf(file.getFileName()), () -> {
                    try (Checkpoint single = Checkpoint.open(file);
                            Checkpoint folder = Checkpoint.open(folderOf(file))) {
                        assertThat(single.family()).isEqualTo(folder.family());
                        assertThat(single.unet()).isEqualTo(folder.unet());
                        assertThat(single.vae()).isEqualTo(folder.vae());
                        for (Component component : components(single.family())) {
                            assertThat(single.tensors(component).keySet())
                                    .isEqualTo(folder.tensors(component).keySet());
                            single.tensors(component)
                                    .forEach((name, tensor) -> assertThat(Tensors.content(tensor))
                                            .as(name)
                                            .isEqualTo(Tensors.content(
                                                    folder.tensors(component).get(name))));
                        }
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> a_single_file_gives_the_tensors_that_the_recorded_operations_give() {
        List<Path> files = singleFiles();
        List<GoldenKeys> recordings = GoldenKeys.all();
        assumeThat(files).isNotEmpty();
        assumeThat(recordings).isNotEmpty();
        return files.stream()
                .map(path -> DynamicTest.dynamicTest(String.valueOf(path.getFileName()), () -> {
                    try (SafetensorsFile file = SafetensorsFile.open(path);
                            Checkpoint checkpoint = Checkpoint.open(path)) {
                        List<GoldenKeys> ofFamily = recordings.stream()
                                .filter(golden -> golden.family() == checkpoint.family())
                                .toList();
                        assumeThat(ofFamily).isNotEmpty();
                        ofFamily.get(0).rows().stream()
                                .filter(row -> file.find(row.singleFileKey()).isPresent())
                                .forEach(row -> assertThat(Tensors.content(checkpoint
                                                .tensors(row.component())
                                                .get(row.diffusersName())))
                                        .as(row.diffusersName())
                                        .isEqualTo(converted(file.tensor(row.singleFileKey()), row.op())));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> all_weights_are_finite_numbers() {
        List<Path> files = singleFiles();
        assumeThat(files).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(String.valueOf(file.getFileName()), () -> {
                    try (Checkpoint checkpoint = Checkpoint.open(file)) {
                        checkpoint.requireFinite(components(checkpoint.family()).toArray(Component[]::new));
                    }
                }));
    }

    /** The operations as the recording's description tells them. */
    private static byte[] converted(TensorView tensor, String op) {
        byte[] from = Tensors.content(tensor);
        if (op.startsWith("rows")) {
            int third = Character.digit(op.charAt("rows".length()), 10);
            return Arrays.copyOfRange(from, third * from.length / 3, (third + 1) * from.length / 3);
        }
        return op.equals("transpose") ? transposed(tensor, from) : from;
    }

    private static byte[] transposed(TensorView tensor, byte[] from) {
        long rows = tensor.shape().get(0);
        long columns = tensor.shape().get(1);
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                int size = tensor.type().bytes();
                to.write(from, (int) (row * columns + column) * size, size);
            }
        }
        return to.toByteArray();
    }

    private static List<Component> components(ModelFamily family) {
        return List.copyOf(family.networks());
    }

    private static Path folderOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(name.substring(0, name.length() - ENDING.length()));
    }

    private static List<Path> singleFiles() {
        Path folder = Golden.file("checkpoints");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
