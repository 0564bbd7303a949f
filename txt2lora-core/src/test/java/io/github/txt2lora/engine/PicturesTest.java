package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.testing.EventLog;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Pairs with pictures beside their words. */
class PicturesTest {

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private Path picture(String name) throws IOException {
        var image = new BufferedImage(90, 70, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 90; x++) {
            for (int y = 0; y < 70; y++) {
                image.setRGB(x, y, ((x * 2) << 16) | (y * 3));
            }
        }
        Path file = folder.resolve(name);
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    private LoraTraining training(String name, PromptPair pair) {
        return training(name, pair, 2);
    }

    private LoraTraining training(String name, PromptPair pair, int iterations) {
        TrainingSpec spec = TrainingSpec.builder()
                .method(method -> Tiny.keeping(new LatentSource.Noise(4, 500)))
                .iterations(iterations)
                .learningRate(1e-3)
                .learningRateSchedule(LearningRateSchedule.constant())
                .stopping(stopping -> stopping.withMeasureQuality(false))
                .build();
        return LoraTraining.builder()
                .name(name)
                .model(ModelSource.file(Tiny.modelFile()))
                .prompt(pair)
                .spec(spec)
                .output(folder.resolve(name))
                .build();
    }

    private TrainedLora train(String name, PromptPair pair) {
        return engine.train(training(name, pair));
    }

    private static Map<String, String> tensors(TrainedLora lora) {
        Map<String, String> tensors = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            file.tensors().forEach(tensor -> tensors.put(tensor.name(), Arrays.toString(tensor.toFloats())));
        }
        return tensors;
    }

    @Test
    void a_picture_changes_what_is_learned_by_its_content_wherever_it_lies() throws IOException {
        PromptPair words = Tiny.prompt("krnkmd");
        Path file = picture("a.png");
        Path copy = Files.copy(file, folder.resolve("copy.png"));

        TrainedLora without = train("without", words);
        TrainedLora with =
                train("with", words.toBuilder().picture(file, "a room").build());
        TrainedLora again =
                train("again", words.toBuilder().picture(copy, "a room").build());

        assertThat(tensors(with)).isNotEqualTo(tensors(without)).isEqualTo(tensors(again));
        try (SafetensorsFile lora = SafetensorsFile.open(with.file())) {
            assertThat(lora.metadata().get("txt2lora.pictures"))
                    .startsWith("[{\"target\":\"krnkmd\",\"file\":\"a.png\",\"sha256\":\"")
                    .endsWith("\",\"caption\":\"a room\"}]");
        }
        try (SafetensorsFile lora = SafetensorsFile.open(without.file())) {
            assertThat(lora.metadata()).doesNotContainKey("txt2lora.pictures");
        }
    }

    @Test
    void a_training_with_pictures_resumes_and_goes_together_with_one_of_words() throws Exception {
        PromptPair words = Tiny.prompt("krnkmd");
        PromptPair shown = words.toBuilder().picture(picture("a.png"), "a room").build();
        TrainedLora whole = train("whole", shown);

        engine.train(training("resumed", shown, 1));
        var log = new EventLog();
        TrainedLora resumed = engine.train(training("resumed", shown), log);
        log.await(TrainingFinished.class);
        List<TrainingJob> together = engine.startTogether(
                List.of(training("words", words), training("shown", shown)), training -> new EventLog());

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(tensors(resumed)).isEqualTo(tensors(whole));
        assertThat(together.get(0).await().losses().get(0))
                .isNotCloseTo(whole.losses().get(0), withinPercentage(0.1));
        for (int i = 0; i < whole.losses().size(); i++) {
            assertThat(together.get(1).await().losses().get(i))
                    .isCloseTo(whole.losses().get(i), withinPercentage(0.1));
        }
    }

    @Test
    void a_file_that_is_no_picture_ends_the_training_with_its_name() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.png"), "no picture");
        PromptPair pair = Tiny.prompt("krnkmd").toBuilder().picture(file).build();

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> train("bad", pair))
                .withMessageContaining("notes.png is no picture that can be read")
                .withMessageContaining("expected a PNG, JPEG or WebP picture");
        assertThat(folder.resolve("bad").resolve("bad.safetensors")).doesNotExist();
    }
}
