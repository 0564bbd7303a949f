package io.github.txt2lora.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.LibraryVersion;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationParametersTest {

    @TempDir
    Path folder;

    private static ImageRequest.Builder request(String prompt) {
        return ImageRequest.builder()
                .model(ModelSource.file(Path.of("model", "chibi.safetensors")))
                .prompt(prompt)
                .scheduler(SchedulerType.EULER_ANCESTRAL)
                .guidanceScale(7);
    }

    private static GeneratedImage image(ImageRequest request) {
        return new GeneratedImage(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), 5, request);
    }

    @Test
    void are_written_as_the_web_ui_does() {
        GeneratedImage image = image(request("(krnkmd:1.2), 1girl")
                .negativePrompt("lowres")
                .modelUse(use -> use.withClipSkip(2))
                .lora(Path.of("lora", "krnkmd.safetensors"), 0.8)
                .build());

        assertThat(GenerationParameters.of(image).text())
                .isEqualTo("(krnkmd:1.2), 1girl <lora:krnkmd:0.8>\nNegative prompt: lowres\nSteps: 20,"
                        + " Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512, Model: chibi, Clip skip: 2,"
                        + " Version: txt2lora " + LibraryVersion.number());
    }

    @Test
    void name_the_model_but_not_the_address_with_its_secrets() {
        URI address = URI.create("https://example.org/x?token=secret");
        GeneratedImage image =
                image(request("a").model(ModelSource.url("chibi", address)).build());

        assertThat(GenerationParameters.of(image).text())
                .contains("Model: chibi")
                .doesNotContain("secret");
    }

    @Test
    void brackets_of_a_plain_prompt_are_escaped() {
        GeneratedImage image =
                image(request("a (b) [c] \\").promptSyntax(PromptSyntax.PLAIN).build());

        assertThat(GenerationParameters.of(image).prompt()).isEqualTo("a \\(b\\) \\[c\\] \\\\");
    }

    @ParameterizedTest
    @ValueSource(strings = {"krnkmd, 1girl", "", "dos\nlíneas", "猫耳, (ねこ:1.2) \ud83d\ude3a", "a: b, c: \"d\""})
    void survive_the_way_through_a_png_file(String prompt) throws IOException {
        GeneratedImage image = image(request(prompt)
                .negativePrompt("low, bad")
                .composition(LatentCouple.parse("1:1-0:0", "1"))
                .build());
        Path file = folder.resolve("picture.png");

        image.writePng(file);

        assertThat(GenerationParameters.readPng(file)).contains(GenerationParameters.of(image));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void of_other_programs_are_read() {
        GenerationParameters parameters =
                GenerationParameters.parse("a cat,\nBREAK a dog\nNegative prompt: bad\nworse\n"
                        + "Steps: 20, Sampler: DPM++ 2M, Lora hashes: \"a: 1, b: 2\", Size: 64x64");

        assertThat(parameters.prompt()).isEqualTo("a cat,\nBREAK a dog");
        assertThat(parameters.negativePrompt()).isEqualTo("bad\nworse");
        assertThat(parameters.settings())
                .isEqualTo(Map.of("Steps", "20", "Sampler", "DPM++ 2M", "Lora hashes", "a: 1, b: 2", "Size", "64x64"));
    }

    @Test
    void text_without_settings_is_the_prompt() {
        assertThat(GenerationParameters.parse("a cat, style: ink"))
                .isEqualTo(new GenerationParameters("a cat, style: ink", "", Map.of()));
    }

    @Test
    void a_picture_without_parameters_has_none() {
        Path file = folder.resolve("picture.png");
        PngFile.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), file);

        assertThat(GenerationParameters.readPng(file)).isEmpty();
    }

    @Test
    void damaged_files_are_read_or_rejected_by_name() throws IOException {
        Path file = folder.resolve("picture.png");
        image(request("猫").build()).writePng(file);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(3);
        for (int n = 0; n < 300; n++) {
            byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try {
                assertThat(GenerationParameters.readPng(file)).isNotNull();
            } catch (StorageException e) {
                assertThat(e).hasMessageContaining("picture.png").hasMessageContaining("expected a whole PNG file");
            }
        }
    }

    @Test
    void a_folder_is_no_picture() {
        assertThatThrownBy(() -> GenerationParameters.readPng(folder))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessageContaining(folder + " is a folder, device or pipe");
    }

    @Test
    void random_text_is_parsed_without_failing() {
        Random random = new Random(4);
        String alphabet = "ab:,\"\\\n Negative prompt";
        for (int n = 0; n < 5000; n++) {
            String text = random.ints(random.nextInt(60), 0, alphabet.length())
                    .mapToObj(i -> alphabet.substring(i, i + 1))
                    .reduce("", String::concat);

            assertThat(GenerationParameters.parse("Negative prompt:" + text).prompt())
                    .isEmpty();
        }
    }

    @Test
    void a_folder_that_does_not_exist_is_named() {
        Path file = folder.resolve("missing").resolve("picture.png");

        assertThatThrownBy(() -> image(request("").build()).writePng(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(file.toString());
    }
}
