package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.FuzzedFile;
import io.github.txt2lora.checkpoint.TensorLines;
import java.nio.charset.StandardCharsets;

/** A sound safetensors file of any names, shapes, formats and metadata, as {@link TensorLines}, opened as a LoRA. */
class LoraSourceFuzzTest {

    private static final int MOST_DATA_BYTES = 1 << 14;
    private static final FuzzedFile FILE = new FuzzedFile(".safetensors");

    @FuzzTest(maxDuration = "60s")
    void open(byte[] lines) {
        byte[] content =
                TensorLines.parse(new String(lines, StandardCharsets.UTF_8)).toSafetensors(MOST_DATA_BYTES);
        try (LoraSource lora = LoraSource.open(FILE.holding(content))) {
            assertThat(lora.pairs()).isNotEmpty().allSatisfy(LoraSourceFuzzTest::check);
        } catch (CheckpointException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static void check(LoraPair pair) {
        assertThat(pair.alpha()).isFinite();
        assertThat(pair.rank()).isPositive();
        assertThat(pair.down().get().length % pair.rank()).isZero();
        assertThat(pair.up().get().length % pair.rank()).isZero();
        assertThat(LayerName.ofModule(pair.name().diffusers())).contains(pair.name());
    }
}
