package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Any text as a workspace's settings: what can be read can be changed and written, and is then what was meant. */
class SettingsFuzzTest {

    private static final Path FILE = Path.of("krnkmd.yaml");

    @FuzzTest(maxDuration = "60s")
    void read(byte[] utf8) {
        try {
            SettingsDocument document = SettingsDocument.parse(FILE, new String(utf8, StandardCharsets.UTF_8));
            LoraSettings settings = document.settings();
            LoraSettings changed = changed(settings);
            assertThat(read(document.with(changed))).isEqualTo(changed);
            assertThat(read(SettingsDocument.fresh(settings))).isEqualTo(settings);
        } catch (InvalidSettingException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    private static LoraSettings changed(LoraSettings settings) {
        TrainingSpec training = settings.spec();
        return new LoraSettings(
                settings.name(),
                settings.model(),
                settings.alsoOn(),
                training.toBuilder().seed(training.seed() ^ 1).build(),
                settings.resize(),
                settings.preview());
    }

    /** Text that was written by the library itself must be readable. */
    private static LoraSettings read(String text) {
        try {
            return SettingsDocument.parse(FILE, text).settings();
        } catch (InvalidSettingException e) {
            throw new AssertionError(text, e);
        }
    }
}
