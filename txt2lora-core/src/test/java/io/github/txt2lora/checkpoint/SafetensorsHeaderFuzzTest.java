package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.CheckpointException;
import java.nio.file.Path;

/** Any JSON as the header of a file whose data has {@value #DATA_BYTES} bytes. */
class SafetensorsHeaderFuzzTest {

    private static final int DATA_BYTES = 64;
    private static final Path FILE = Path.of("fuzzed.safetensors");

    @FuzzTest(maxDuration = "60s")
    void parse(byte[] json) {
        try {
            SafetensorsHeader header = SafetensorsHeader.parse(FILE, json, DATA_BYTES);
            assertThat(header.tensors().stream().mapToLong(slot -> slot.end() - slot.begin()))
                    .allMatch(bytes -> bytes >= 0)
                    .satisfies(sizes -> assertThat(
                                    sizes.stream().mapToLong(Long::longValue).sum())
                            .isEqualTo(DATA_BYTES));
        } catch (CheckpointException refused) {
            assertThat(refused).hasMessageContaining("fuzzed.safetensors");
        }
    }
}
