package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A picture whose numbers go wrong is an error that names the part, not a black picture. */
class NonFinitePictureTest {

    /** Finite in FP16, but its products are not. */
    private static final float HUGE = 60000;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "cond_stage_model.transformer.text_model.final_layer_norm.weight, a text encoder's output",
        "model.diffusion_model.out.0.weight, the UNet's prediction in step 1 of 2",
        "first_stage_model.decoder.norm_out.weight, the VAE's image"
    })
    void an_overflow_in_fp16_names_the_part_and_suggests_fp32(String tensor, String part) {
        Path model = folder.resolve("huge.safetensors");
        writeModelWithHuge(tensor, model);

        assertThatThrownBy(() -> engine.generate(Tiny.picture()
                        .model(ModelSource.file(model))
                        .modelUse(use -> use.withPrecision(Precision.FP16))
                        .build()))
                .isExactlyInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("\"krnkmd\" failed: " + part)
                .hasMessageContaining("at precision FP16; use precision FP32");
    }

    private static void writeModelWithHuge(String tensor, Path target) {
        try (SafetensorsFile model = SafetensorsFile.open(Tiny.modelFile())) {
            List<SafetensorsEntry> entries = model.tensors().stream()
                    .map(view -> new SafetensorsEntry(
                            view.name(),
                            view.name().equals(tensor) ? ElementType.F32 : view.type(),
                            view.shape(),
                            view.name().equals(tensor) ? () -> huge(view) : view::bytes))
                    .toList();
            SafetensorsWriter.write(target, model.metadata(), entries);
        }
    }

    private static ByteBuffer huge(TensorView view) {
        int count = Math.toIntExact(view.elements());
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(HUGE);
        }
        return bytes.flip();
    }
}
