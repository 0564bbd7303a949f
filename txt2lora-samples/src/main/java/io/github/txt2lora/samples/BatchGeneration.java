package io.github.txt2lora.samples;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.LabelledGrid;
import io.github.txt2lora.image.PlainWords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * LoRAs of all characters of a table, {@code characters.csv}, trained together on one engine: the model is loaded once,
 * and each call of it serves all characters. One that cannot be trained is reported at the end, and the others are
 * trained all the same.
 *
 * <p>Usage: {@code BatchGeneration [FOLDER]}, where the results go; by default {@code batch}.
 */
public final class BatchGeneration {

    private BatchGeneration() {}

    /** The outcome of a batch: the LoRAs in the order of the table, and by name the reasons why others are missing. */
    record Result(List<TrainedLora> loras, Map<String, String> failures) {}

    /** Trains the characters and draws them. */
    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of(args.length == 0 ? "batch" : args[0]);
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine = TrainingEngine.open()) {
            TrainingSpec spec = TrainingSpec.builder().build();
            Result result = train(engine, model, CharacterSheet.readAll(), folder, spec);
            if (!result.loras().isEmpty()) {
                draw(engine, model, result.loras(), 4).writePng(folder.resolve("characters.png"));
            }
            result.loras().forEach(System.out::println);
            result.failures().forEach((name, reason) -> System.out.println(name + " failed: " + reason));
        }
    }

    static Result train(
            TrainingEngine engine, ModelSource model, List<CharacterSheet> characters, Path folder, TrainingSpec spec)
            throws InterruptedException {
        List<LoraTraining> trainings = new ArrayList<>();
        Map<String, String> failures = new TreeMap<>();
        for (CharacterSheet character : characters) {
            try {
                trainings.add(LoraTraining.builder()
                        .name(character.name())
                        .model(model)
                        .prompt(DemoPictures.character(character.name(), character.look()))
                        .spec(spec)
                        .output(folder)
                        .build());
            } catch (Txt2LoraException e) {
                failures.put(character.name(), e.getMessage());
            }
        }
        // Queues them and returns at once.
        List<TrainingJob> jobs = engine.startTogether(trainings, training -> ConsoleProgress.standard());
        List<TrainedLora> loras = new ArrayList<>();
        for (TrainingJob job : jobs) {
            try {
                loras.add(job.await());
            } catch (Txt2LoraException e) {
                failures.put(job.training().name(), e.getMessage());
            }
        }
        return new Result(List.copyOf(loras), failures);
    }

    /** A row of images for each LoRA, drawn for its name alone. */
    static LabelledGrid draw(TrainingEngine engine, ModelSource model, List<TrainedLora> loras, int picturesPerRow) {
        LabelledGrid.Builder grid = LabelledGrid.builder().scale(2, LabelledGrid.Scaling.BICUBIC);
        for (TrainedLora lora : loras) {
            var request = DemoPictures.request(model)
                    .prompt(new PlainWords(lora.name()).asPrompt())
                    .lora(lora.file(), 1)
                    .count(picturesPerRow)
                    .build();
            grid.row(
                    lora.name(),
                    engine.generate(request).stream().map(GeneratedImage::image).toList());
        }
        return grid.build();
    }
}
