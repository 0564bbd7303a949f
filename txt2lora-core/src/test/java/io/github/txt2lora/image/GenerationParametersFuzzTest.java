package io.github.txt2lora.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.txt2lora.FuzzedFile;
import io.github.txt2lora.StorageException;

/** Any bytes as a PNG file with the parameters of its picture. */
class GenerationParametersFuzzTest {

    private static final FuzzedFile FILE = new FuzzedFile(".png");

    @FuzzTest(maxDuration = "60s")
    void readPng(byte[] content) {
        try {
            GenerationParameters.readPng(FILE.holding(content))
                    .ifPresent(parameters -> assertThat(GenerationParameters.parse(parameters.text()))
                            .isNotNull());
        } catch (StorageException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
