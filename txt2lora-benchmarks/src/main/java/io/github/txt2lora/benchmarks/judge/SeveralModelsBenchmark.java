package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Trains a character on each of some models, and on all of them together, and has her images judged that these LoRAs
 * draw on each model, and on one more that none was trained on. Prints rows of a Markdown table for each model: the
 * closed shares of all LoRAs, the one of all models last, and its leak.
 */
final class SeveralModelsBenchmark {

    private SeveralModelsBenchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args the folder for the results, the word of a character, the model files, the one that is left out last,
     *     and optionally the seed of the trainings
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        JudgedCharacter character = JudgedCharacter.named(args[1]);
        List<String> rest = new ArrayList<>(List.of(args).subList(2, args.length));
        long seed = rest.get(rest.size() - 1).matches("\\d+") ? Long.parseLong(rest.remove(rest.size() - 1)) : 0;
        List<ModelSource> models =
                rest.stream().map(file -> ModelSource.file(Path.of(file))).toList();
        List<ModelSource> trained = models.subList(0, models.size() - 1);
        Files.createDirectories(folder);
        try (TrainingEngine engine =
                TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            List<Path> loras = new ArrayList<>();
            for (ModelSource model : trained) {
                loras.add(train(engine, character, List.of(model), seed, folder));
            }
            loras.add(train(engine, character, trained, seed, folder));
            print(engine, character, models, loras);
        }
    }

    /** A LoRA that is there already is not trained again. */
    private static Path train(
            TrainingEngine engine, JudgedCharacter character, List<ModelSource> models, long seed, Path folder) {
        String on = models.size() == 1 ? models.get(0).displayName().replace(".safetensors", "") : "all";
        LoraTraining training = LoraTraining.builder()
                .name(character.word() + "-on-" + on + "-" + seed)
                .model(models.get(0))
                .alsoOn(models.subList(1, models.size()))
                .prompt(character.pair())
                .spec(TrainingSpec.builder().seed(seed).build())
                .output(folder)
                .build();
        return Files.exists(training.loraFile())
                ? training.loraFile()
                : engine.train(training).file();
    }

    private static void print(
            TrainingEngine engine, JudgedCharacter character, List<ModelSource> models, List<Path> loras)
            throws IOException {
        Judge judge = Judge.load();
        for (ModelSource model : models) {
            var images = new JudgedImages(new ImageSource(engine, model, Judge.SIDE), judge);
            System.out.print("| " + model.displayName());
            for (Path lora : loras) {
                System.out.printf(Locale.ROOT, " | %.0f %%", 100 * images.closed(character, lora));
            }
            Path ofAll = loras.get(loras.size() - 1);
            System.out.printf(Locale.ROOT, " | %.0f %% |%n", 100 * images.leak(character, ofAll));
        }
    }
}
