package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.txt2lora.checkpoint.UNetStructure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UNetMemoryTest {

    private static final UNetStructure SD15 = new UNetStructure(
            List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 768, 1280, false, OptionalInt.empty());

    private static final UNetStructure SDXL = new UNetStructure(
            List.of(320, 640, 1280), 2, List.of(0, 2, 10), 10, 2048, 1280, true, OptionalInt.of(2816));

    private static final int RANK = 4;

    /** All layers of all transformers. */
    private static Map<String, Integer> transformers(UNetStructure unet) {
        Map<String, Integer> ranks = new HashMap<>();
        List<String> blocks = new ArrayList<>(List.of("mid_block"));
        for (int i = 0; i < unet.widths().size(); i++) {
            blocks.add("down_blocks." + i);
            blocks.add("up_blocks." + i);
        }
        for (String block : blocks) {
            for (int i = 0; i <= unet.layersPerLevel(); i++) {
                String transformer = block + ".attentions." + i;
                ranks.put(transformer + ".proj_in", RANK);
                ranks.put(transformer + ".proj_out", RANK);
                for (int j = 0; j < unet.middleDepth(); j++) {
                    String layers = transformer + ".transformer_blocks." + j;
                    for (String attention : List.of(".attn1", ".attn2")) {
                        for (String layer : List.of(".to_q", ".to_k", ".to_v", ".to_out.0")) {
                            ranks.put(layers + attention + layer, RANK);
                        }
                    }
                    ranks.put(layers + ".ff.net.0.proj", RANK);
                    ranks.put(layers + ".ff.net.2", RANK);
                }
            }
        }
        return ranks;
    }

    /** What was counted on the full-size networks in 16 bits, for a step of two samples, in GiB. */
    @ParameterizedTest
    @CsvSource({"SD15, 64, false, 1.75", "SD15, 64, true, 0.44", "SDXL, 128, false, 12.61", "SDXL, 128, true, 1.16"})
    void agrees_with_what_was_counted(String model, int side, boolean recomputed, double gibibytes) {
        UNetStructure unet = model.equals("SD15") ? SD15 : SDXL;
        double numbers = new UNetMemory(unet, transformers(unet)).gradient(side, side, recomputed);

        assertThat(2 * 2 * numbers / (1 << 30)).isCloseTo(gibibytes, withinPercentage(recomputed ? 40 : 8));
    }

    @Test
    void only_what_comes_after_the_first_lora_is_kept() {
        Map<String, Integer> last = Map.of("up_blocks.3.attentions.2.transformer_blocks.0.attn2.to_out.0", RANK);

        assertThat(new UNetMemory(SD15, last).gradient(64, 64, false))
                .isLessThan(new UNetMemory(SD15, transformers(SD15)).gradient(64, 64, false) / 3);
    }

    @Test
    void a_prediction_takes_less_than_a_gradient_that_is_recomputed() {
        for (UNetStructure unet : List.of(SD15, SDXL)) {
            var memory = new UNetMemory(unet, transformers(unet));
            assertThat(memory.prediction(64, 64)).isLessThan(memory.gradient(64, 64, true));
        }
    }
}
