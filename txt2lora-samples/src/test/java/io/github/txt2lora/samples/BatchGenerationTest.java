package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchGenerationTest {

    private static final ModelSource ANY_MODEL = ModelSource.file(Path.of("any.safetensors"));

    @TempDir
    private Path folder;

    @Test
    void trains_and_draws_characters_of_the_table_on_one_engine() throws InterruptedException {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        List<CharacterSheet> two = CharacterSheet.readAll().subList(0, 2);

        try (TrainingEngine engine = TrainingEngine.open(EngineOptions.builder()
                .device(Device.parse(System.getProperty("txt2lora.device", "auto")))
                .build())) {
            BatchGeneration.Result result = BatchGeneration.train(engine, model, two, folder, ShortTraining.of(1));

            assertThat(result.failures()).isEmpty();
            assertThat(result.loras())
                    .extracting(TrainedLora::file)
                    .containsExactly(folder.resolve("krnkmd.safetensors"), folder.resolve("tyankmk.safetensors"))
                    .allSatisfy(file -> assertThat(file).isNotEmptyFile());
            BatchGeneration.draw(engine, model, result.loras(), 1).writePng(folder.resolve("characters.png"));
            assertThat(folder.resolve("characters.png")).isNotEmptyFile();
        }
    }

    @Test
    void trains_the_others_when_a_character_fails() throws InterruptedException {
        try (var engine = FakeTrainingEngine.builder()
                .scriptFor("tyankmk", TrainingScript.smooth().failAt(2, new TrainingFailedException("the loss is NaN")))
                .build()) {
            BatchGeneration.Result result =
                    BatchGeneration.train(engine, ANY_MODEL, CharacterSheet.readAll(), folder, ShortTraining.of(3));

            assertThat(result.loras()).extracting(TrainedLora::name).containsExactly("krnkmd", "pnktwsf", "akpnusg");
            assertThat(result.failures()).containsOnlyKeys("tyankmk").containsEntry("tyankmk", "the loss is NaN");
        }
    }

    @Test
    void trains_the_others_when_a_character_cannot_be_composed() throws InterruptedException {
        CharacterSheet good = CharacterSheet.readAll().get(0);
        var badOutfit = new CharacterSheet("krnkkm", "short hair", "black", "black", "kimono", "smile");
        var badName = new CharacterSheet("../krnk", "short hair", "black", "black", "maid", "smile");
        try (var engine = FakeTrainingEngine.builder().build()) {
            BatchGeneration.Result result = BatchGeneration.train(
                    engine, ANY_MODEL, List.of(badOutfit, badName, good), folder, ShortTraining.of(1));

            assertThat(result.loras()).extracting(TrainedLora::name).containsExactly("krnkmd");
            assertThat(result.failures()).containsOnlyKeys("krnkkm", "../krnk");
            assertThat(result.failures().get("krnkkm")).contains("krnkkm", "kimono", "maid", "hoodie");
        }
    }
}
