package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Any text as a workspace's prompts: what can be read can be changed and written, and is then what was meant. */
class PromptsFuzzTest {

    private static final Path FILE = Path.of("krnkmd.yaml");

    @FuzzTest(maxDuration = "60s")
    void read(byte[] utf8) {
        try {
            PromptsDocument document =
                    PromptsDocument.parse(FILE, new String(utf8, StandardCharsets.UTF_8), Optional.empty());
            List<PromptPair> changed = new ArrayList<>(document.prompts());
            changed.set(0, PromptPair.enhance("changed: \"by # hand\"").build());
            changed.add(document.prompts().get(0));
            assertThat(read(document.with(changed))).isEqualTo(changed);
            assertThat(read(PromptsDocument.yaml(document.prompts()))).isEqualTo(document.prompts());
        } catch (InvalidSettingException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    /** Text that was written by the library itself must be readable. */
    private static List<PromptPair> read(String text) {
        try {
            return PromptsDocument.parse(FILE, text, Optional.empty()).prompts();
        } catch (InvalidSettingException e) {
            throw new AssertionError(text, e);
        }
    }
}
