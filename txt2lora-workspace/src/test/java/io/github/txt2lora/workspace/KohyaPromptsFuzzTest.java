package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any bytes as kohya's prompts in TOML: read, written, read. */
class KohyaPromptsFuzzTest {

    private static final FuzzedYaml FILE = new FuzzedYaml(".toml");

    @FuzzTest(maxDuration = "60s")
    void read(byte[] toml) {
        List<PromptPair> prompts;
        try {
            prompts = LecoPromptsFile.read(FILE.holding(toml)).prompts();
        } catch (InvalidSettingException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        byte[] written = PromptsDocument.toml(prompts).getBytes(StandardCharsets.UTF_8);
        assertThat(LecoPromptsFile.read(FILE.holding(written)).prompts()).isEqualTo(prompts);
    }
}
