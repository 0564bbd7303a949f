package io.github.txt2lora.leco.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.FuzzedFile;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.TensorLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A sound safetensors file of any names, shapes, formats and metadata, as {@link TensorLines}, read as a state. */
class TrainingStateFuzzTest {

    private static final int MOST_DATA_BYTES = 1 << 14;
    private static final FuzzedFile FILE = new FuzzedFile(".state");

    @FuzzTest(maxDuration = "60s")
    void read(byte[] lines) {
        TensorLines content = TensorLines.parse(new String(lines, StandardCharsets.UTF_8));
        try {
            check(TrainingStateFile.read(FILE.holding(withHash(content).toSafetensors(MOST_DATA_BYTES))));
        } catch (CheckpointException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    /** The hash is what a fuzzer cannot guess. */
    private static TensorLines withHash(TensorLines content) {
        Path path = FILE.holding(content.toSafetensors(MOST_DATA_BYTES));
        Map<String, String> metadata = new HashMap<>(content.metadata());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            metadata.put(
                    "data_sha256",
                    SafetensorsHashes.sha256OfTensorData(file.tensors().stream()
                            .map(tensor -> SafetensorsEntry.of(tensor.name(), tensor))
                            .toList()));
        }
        return new TensorLines(metadata, content.tensors());
    }

    private static void check(TrainingState state) {
        assertThat(state.losses()).hasSize(state.iteration());
        assertThat(state.trainer().recoveries()).isNotNegative();
        assertThat(state.trainer().trainer().learningRateFactor()).isPositive().isFinite();
        assertThat(state.differences(state.fingerprint())).isEmpty();
    }
}
