package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any text as a prompt in the web UI's syntax: every weight is a number within its bounds. */
class PromptSyntaxFuzzTest {

    private static final PromptChunker CHUNKER = new PromptChunker(ClipTokenizer.load());

    @FuzzTest(maxDuration = "60s")
    void parse(byte[] utf8) {
        String prompt = new String(utf8, StandardCharsets.UTF_8);
        check(() -> {
            LoraTags tags = LoraTags.extract(prompt);
            assertThat(tags.loras())
                    .allSatisfy(lora -> assertThat(lora.weight()).isFinite());
            checkParts(tags.prompt());
        });
        check(() -> checkParts(prompt));
        check(() -> assertThat(PromptGrid.parse(prompt).rows()).isNotEmpty().noneMatch(List::isEmpty));
    }

    private static void check(Runnable reading) {
        try {
            reading.run();
        } catch (InvalidSettingException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static void checkParts(String prompt) {
        List<PromptPart> parts = PromptParts.ofAnd(prompt);
        assertThat(parts).isNotEmpty();
        for (PromptPart part : parts) {
            assertThat(part.weight()).isBetween(-BracketWeights.LARGEST_WEIGHT, BracketWeights.LARGEST_WEIGHT);
            List<PromptChunk> chunks =
                    CHUNKER.chunks(part.text(), warning -> assertThat(warning).isNotBlank());
            assertThat(chunks).isNotEmpty();
            for (PromptChunk chunk : chunks) {
                for (float weight : chunk.weights()) {
                    assertThat((double) weight)
                            .isBetween(-BracketWeights.LARGEST_WEIGHT, BracketWeights.LARGEST_WEIGHT);
                }
            }
        }
    }
}
