package io.github.txt2lora.leco.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.leco.optimizer.LossScale;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingStateFileTest {

    private static final GapState GAPS = new GapState(
            List.of(new Gap(10, 0.75), new Gap(20, 0.5)), new GapState.Best(20, 0.625, new float[] {3, 4, 5}));

    @TempDir
    Path folder;

    private static TrainerState trainer(int iteration) {
        var number = new TensorView("step", ElementType.F64, List.of(), ByteBuffer.allocate(Double.BYTES)::duplicate);
        var average = new TensorView(
                "exp_avg", ElementType.F32, List.of(3L), ByteBuffer.allocate(3 * Float.BYTES)::duplicate);
        return new TrainerState(
                iteration,
                new TorchGenerator(iteration).state(),
                OptionalDouble.of(0.125),
                0.25,
                new LossScale(1024, 7),
                new float[] {1, -2, iteration},
                List.of(number, average));
    }

    private static TrainingState state(@Nullable TrainerState lastGood) {
        return new TrainingState(
                new RecoverableState(trainer(2), lastGood, 1),
                GAPS,
                List.of(0.5, 0.25),
                List.of("one", "two"),
                Instant.parse("2026-01-02T03:04:05Z"),
                Duration.ofSeconds(90),
                new TreeMap<>(Map.of("seed", "7", "model", "abc")));
    }

    private static void assertSame(TrainerState read, TrainerState written) {
        assertThat(read).usingRecursiveComparison().ignoringFields("optimizer").isEqualTo(written);
        assertThat(read.optimizer())
                .extracting(TensorView::name, TensorView::type, TensorView::shape, TensorView::bytes)
                .containsExactlyInAnyOrderElementsOf(written.optimizer().stream()
                        .map(tensor -> tuple(tensor.name(), tensor.type(), tensor.shape(), tensor.bytes()))
                        .toList());
    }

    @Test
    void everything_comes_back() {
        Path file = folder.resolve("a.state");
        TrainerState lastGood = trainer(1);
        TrainingState written = state(lastGood);

        TrainingStateFile.write(file, written);
        TrainingState read = TrainingStateFile.read(file);

        assertThat(read).usingRecursiveComparison().ignoringFields("trainer").isEqualTo(written);
        assertThat(read.trainer().recoveries()).isEqualTo(1);
        assertSame(read.trainer().trainer(), trainer(2));
        assertThat(read.trainer().lastGood())
                .isInstanceOfSatisfying(TrainerState.class, good -> assertSame(good, lastGood));
    }

    @Test
    void there_may_be_nothing_to_go_back_to() {
        Path file = folder.resolve("a.state");
        TrainingStateFile.write(file, state(null));

        assertThat(TrainingStateFile.read(file).trainer().lastGood()).isNull();
    }

    @Test
    void differences_name_what_is_and_what_was() {
        assertThat(state(null).differences(Map.of("seed", "8", "model", "abc", "rank", "4")))
                .containsExactly("rank is 4, was absent", "seed is 8, was 7");
        assertThat(state(null).differences(Map.of("seed", "7", "model", "abc"))).isEmpty();
    }

    @Test
    void rejects_a_file_cut_off_anywhere() throws IOException {
        Path file = folder.resolve("a.state");
        TrainingStateFile.write(file, state(trainer(1)));
        byte[] whole = Files.readAllBytes(file);
        Path cut = folder.resolve("cut.state");
        for (int length = 0; length < whole.length; length += 97) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> TrainingStateFile.read(cut)).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void rejects_data_that_was_changed() throws IOException {
        Path file = folder.resolve("a.state");
        TrainingStateFile.write(file, state(null));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> TrainingStateFile.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is damaged: its data has the SHA-256")
                .hasMessageContaining("Delete it");
    }

    @ParameterizedTest
    @CsvSource({
        "txt2lora.state, 2, 'has no metadata txt2lora.state = 1'",
        "iteration, x, 'has the metadata iteration = x; expected a whole number, 0 or more'",
        "iteration, -1, 'has the metadata iteration = -1; expected a whole number, 0 or more'",
        "iteration, 3, 'holds losses'",
        "learning_rate_factor, NaN, 'has the metadata learning_rate_factor = NaN; expected a number greater than 0'",
        "loss_scale, 0, 'has the metadata loss_scale = 0; expected a number greater than 0'",
        "recoveries, 99999999999, 'expected a whole number, 0 or more'",
        "started, yesterday, 'has the metadata started = yesterday; expected a time such as'",
        "elapsed, long, 'has the metadata elapsed = long; expected a duration such as'",
    })
    void rejects_metadata_that_is_not_what_it_should_be(String key, String value, String message) {
        Path file = folder.resolve("a.state");
        TrainingStateFile.write(file, state(null));
        Path changed = folder.resolve("b.state");
        try (SafetensorsFile original = SafetensorsFile.open(file)) {
            Map<String, String> metadata = new HashMap<>(original.metadata());
            metadata.put(key, value);
            List<SafetensorsEntry> entries = new ArrayList<>();
            original.tensors().forEach(tensor -> entries.add(SafetensorsEntry.of(tensor.name(), tensor)));
            SafetensorsWriter.write(changed, metadata, entries);
        }

        assertThatThrownBy(() -> TrainingStateFile.read(changed))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }
}
