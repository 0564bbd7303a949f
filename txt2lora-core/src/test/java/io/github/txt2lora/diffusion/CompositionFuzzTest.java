package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.ImageComposition;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.RegionGrid;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * Any four lines as ratios or regions, weights, prompt and negative prompt: every part has a mask of finite numbers, or
 * none.
 */
class CompositionFuzzTest {

    private static final int LINES = 4;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 8;

    @FuzzTest(maxDuration = "60s")
    void compose(byte[] utf8) {
        String[] lines = new String(utf8, StandardCharsets.UTF_8).split("\n", LINES);
        if (lines.length == LINES) {
            check(() -> RegionGrid.parse(lines[0]), lines[2], lines[3]);
            check(() -> LatentCouple.parse(lines[0], lines[1]), lines[2], lines[3]);
        }
    }

    private static void check(Supplier<ImageComposition> reader, String prompt, String negative) {
        try {
            ImageComposition composition = reader.get();
            check(PlacedPrompt.of(prompt, composition));
            check(PlacedPrompt.ofNegative(negative, prompt, composition));
        } catch (InvalidSettingException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static void check(List<PlacedPrompt> parts) {
        assertThat(parts).isNotEmpty();
        for (PlacedPrompt part : parts) {
            for (float weight : RegionMask.of(part.region(), part.weight(), HEIGHT, WIDTH)) {
                assertThat(weight).isFinite();
            }
        }
    }
}
