package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.InvalidSettingException;

/** Any bytes as LECO's configuration. The files that it names are not opened. */
class LecoConfigFuzzTest {

    private static final FuzzedYaml FILE = new FuzzedYaml();

    @FuzzTest(maxDuration = "60s")
    void read(byte[] yaml) {
        try {
            LecoConfigFile config = LecoConfigFile.read(FILE.holding(yaml));
            assertThat(config.spec().learningRate().orElseThrow()).isFinite();
            assertThat(config.spec().lora().alpha()).isFinite();
            assertThat(config.promptsFile()).isAbsolute();
        } catch (InvalidSettingException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
