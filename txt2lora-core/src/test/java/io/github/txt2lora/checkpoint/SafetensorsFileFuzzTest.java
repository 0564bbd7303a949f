package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.FuzzedFile;

/** Any bytes as a safetensors file: what opens can be read to the last element. */
class SafetensorsFileFuzzTest {

    private static final FuzzedFile FILE = new FuzzedFile(".safetensors");

    @FuzzTest(maxDuration = "60s")
    void open(byte[] content) {
        try (SafetensorsFile file = SafetensorsFile.open(FILE.holding(content))) {
            for (TensorView tensor : file.tensors()) {
                assertThat((long) tensor.bytes().remaining()).isEqualTo(tensor.byteSize());
                if (tensor.type().isFloat()) {
                    assertThat((long) tensor.toFloats().length).isEqualTo(tensor.elements());
                }
            }
        } catch (CheckpointException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
