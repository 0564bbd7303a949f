package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.InvalidSettingException;

/** Any bytes as LECO's list of prompts. */
class LecoPromptsFuzzTest {

    private static final FuzzedYaml FILE = new FuzzedYaml();

    @FuzzTest(maxDuration = "60s")
    void read(byte[] yaml) {
        try {
            assertThat(LecoPromptsFile.read(FILE.holding(yaml)).prompts())
                    .isNotEmpty()
                    .allSatisfy(pair -> assertThat(pair.guidanceScale()).isFinite());
        } catch (InvalidSettingException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
