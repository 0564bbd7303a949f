package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.ops.CheckpointMerge;
import io.github.txt2lora.ops.LoraOperations;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The effect of LoRAs of other programs on an image: the same as where they are added to the weights. */
class LoraPicturesTest {

    private static final String TEXT_LAYER = "lora_te_text_model_encoder_layers_3_mlp_fc1";
    private static final String UNET_LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    @Test
    void a_lora_of_the_text_encoder_alone_is_applied() {
        Path lora = lora("te", TEXT_LAYER, List.of(2L, 8L), List.of(32L, 2L));

        int[] drawn = draw(Tiny.picture().lora(lora, 1));

        assertThat(difference(drawn, draw(Tiny.picture()))).isPositive();
        assertThat(difference(drawn, draw(Tiny.picture().model(merged(new LoraWeight(lora, 1))))))
                .isLessThanOrEqualTo(1);
    }

    @Test
    void layers_outside_of_the_blocks_are_applied() {
        Path lora = write(
                "ends",
                Map.of(
                        "lora_unet_input_blocks_0_0", new Shapes(List.of(2L, 4L, 3L, 3L), List.of(32L, 2L, 1L, 1L)),
                        "lora_unet_time_embed_0", new Shapes(List.of(2L, 32L), List.of(128L, 2L)),
                        "lora_unet_time_embedding_linear_2", new Shapes(List.of(2L, 128L), List.of(128L, 2L)),
                        "lora_unet_out_2", new Shapes(List.of(2L, 32L, 3L, 3L), List.of(4L, 2L, 1L, 1L))));

        int[] drawn = draw(Tiny.picture().lora(lora, 0.5));

        assertThat(difference(drawn, draw(Tiny.picture()))).isPositive();
        assertThat(difference(drawn, draw(Tiny.picture().model(merged(new LoraWeight(lora, 0.5))))))
                .isLessThanOrEqualTo(1);
    }

    @Test
    void two_weights_are_for_the_text_encoder_and_the_unet() {
        Shapes text = new Shapes(List.of(2L, 8L), List.of(32L, 2L));
        Shapes unet = new Shapes(List.of(2L, 8L), List.of(32L, 2L));
        write("both", Map.of(TEXT_LAYER, text, UNET_LAYER, unet));
        write("unetonly", Map.of(UNET_LAYER, unet));
        write("teonly", Map.of(TEXT_LAYER, text));

        int[] both = drawPrompt("<lora:both:1> krnkmd");
        int[] unetOnly = drawPrompt("<lora:unetonly:1> krnkmd");
        int[] textOnly = drawPrompt("<lora:teonly:1> krnkmd");

        assertThat(drawPrompt("<lora:both:0:1> krnkmd")).isEqualTo(unetOnly).isNotEqualTo(both);
        assertThat(drawPrompt("<lyco:both:te=1:unet=0> krnkmd"))
                .isEqualTo(textOnly)
                .isNotEqualTo(both);
        assertThat(unetOnly).isNotEqualTo(textOnly);
    }

    @Test
    void two_weights_count_in_a_merge_too() {
        Path both = write(
                "both",
                Map.of(
                        TEXT_LAYER, new Shapes(List.of(2L, 8L), List.of(32L, 2L)),
                        UNET_LAYER, new Shapes(List.of(2L, 8L), List.of(32L, 2L))));

        int[] drawn = drawPrompt("<lora:both:0.3:-1> krnkmd");

        ImageRequest.Builder merged = Tiny.picture().prompt(" krnkmd").model(merged(new LoraWeight(both, -1, 0.3)));
        assertThat(difference(drawn, draw(merged))).isLessThanOrEqualTo(1);
    }

    @Test
    void parts_of_a_tag_that_are_not_supported_give_one_warning() {
        lora("krnkmd", UNET_LAYER, List.of(2L, 8L), List.of(32L, 2L));
        List<String> warnings = new ArrayList<>();

        engine.generate(
                Tiny.picture()
                        .prompt("krnkmd <lora:krnkmd:1:dyn=1><lora:krnkmd:1:dyn=1>")
                        .loraFolder(folder)
                        .build(),
                new ImageListener() {
                    @Override
                    public void stepFinished(ImageProgress progress) {
                        // only warnings count
                    }

                    @Override
                    public void warned(String message) {
                        warnings.add(message);
                    }
                });

        assertThat(warnings).singleElement().asString().contains("krnkmd", "dyn=1");
    }

    @Test
    void a_lora_for_a_layer_that_the_model_lacks_is_refused_by_its_name() {
        Path lora = lora("sdxl", "lora_unet_label_emb_0_0", List.of(2L, 8L), List.of(32L, 2L));

        assertThatThrownBy(() -> draw(Tiny.picture().lora(lora, 1)))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("sdxl.safetensors", "lora_unet_label_emb_0_0", "same model family");
    }

    private int[] drawPrompt(String prompt) {
        return draw(Tiny.picture().prompt(prompt).loraFolder(folder));
    }

    private static int[] draw(ImageRequest.Builder request) {
        BufferedImage image = engine.generate(request.build()).get(0).image();
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    /** The largest difference in a colour. */
    private static int difference(int[] a, int[] b) {
        int largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int shift = 0; shift < 24; shift += 8) {
                largest = Math.max(largest, Math.abs((a[i] >> shift & 255) - (b[i] >> shift & 255)));
            }
        }
        return largest;
    }

    /** The tiny model in 32 bits, so that nothing is rounded, with a LoRA added. */
    private ModelSource merged(LoraWeight lora) {
        Path target = folder.resolve("merged.safetensors");
        try (LoraOperations operations = LoraOperations.open()) {
            operations.mergeIntoCheckpoint(new CheckpointMerge(Tiny.modelFile(), List.of(lora), target));
        }
        return ModelSource.file(target);
    }

    private record Shapes(List<Long> down, List<Long> up) {}

    private Path lora(String name, String module, List<Long> down, List<Long> up) {
        return write(name, Map.of(module, new Shapes(down, up)));
    }

    /** A module has the same numbers in whatever file. */
    private Path write(String name, Map<String, Shapes> modules) {
        List<SafetensorsEntry> entries = new ArrayList<>();
        modules.forEach((module, shapes) -> {
            Random random = new Random(module.hashCode());
            entries.add(matrix(module + ".lora_down.weight", shapes.down(), random));
            entries.add(matrix(module + ".lora_up.weight", shapes.up(), random));
        });
        Path file = folder.resolve(name + ".safetensors");
        SafetensorsWriter.write(file, Map.of(), entries);
        return file;
    }

    private static SafetensorsEntry matrix(String name, List<Long> shape, Random random) {
        int count = Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat((float) random.nextGaussian() / 4);
        }
        bytes.flip();
        return new SafetensorsEntry(name, ElementType.F32, shape, bytes::duplicate);
    }
}
