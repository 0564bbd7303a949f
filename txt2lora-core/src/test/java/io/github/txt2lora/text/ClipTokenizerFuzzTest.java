package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Any text: all ids exist, and the 77 that an encoder reads are the first of all. */
class ClipTokenizerFuzzTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

    @FuzzTest(maxDuration = "60s")
    void encode(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        for (PadToken pad : PadToken.values()) {
            int[] all = TOKENIZER.encode(text, pad);
            assertThat(all[0]).isEqualTo(ClipTokenizer.START_OF_TEXT);
            assertThat(all[all.length - 1]).isEqualTo(ClipTokenizer.END_OF_TEXT);
            assertThat(Arrays.stream(all).allMatch(id -> id >= 0 && id <= ClipTokenizer.END_OF_TEXT))
                    .isTrue();
            int[] read = TOKENIZER.tokenize(text, pad).ids();
            assertThat(read).hasSize(ClipTokenizer.LENGTH);
            int words = Math.min(all.length, ClipTokenizer.LENGTH) - 1;
            assertThat(Arrays.copyOf(read, words)).isEqualTo(Arrays.copyOf(all, words));
            assertThat(read[words]).isEqualTo(ClipTokenizer.END_OF_TEXT);
        }
    }
}
