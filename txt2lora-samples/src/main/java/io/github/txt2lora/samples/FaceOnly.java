package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LabelledGrid;
import io.github.txt2lora.image.PlainWords;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Characters to dress up: their LoRAs know only the face, and the prompt says what they wear.
 *
 * <p>Usage: {@code FaceOnly [FOLDER]}, where the results go; by default {@code face-only}.
 */
public final class FaceOnly {

    /** No word of clothes, so that none become a part of the character. */
    private static final Map<String, String> FACES = new TreeMap<>(Map.of(
            "krnkkao", "short hair,black eyes,black rimmed glasses,cat ears,black hair,hair between eyes,ear fluff",
            "tyankkao", "long hair,brown eyes,cat ears,brown hair,ear fluff"));

    private static final List<String> CLOTHES =
            List.of("maid uniform", "japanese miko clothes", "school uniform", "red dress", "yellow hoodie");

    private FaceOnly() {}

    /** Trains both LoRAs and draws the characters in all clothes. */
    public static void main(String[] args) {
        run(
                Path.of(args.length == 0 ? "face-only" : args[0]),
                TrainingSpec.builder().build(),
                DemoPictures.STEPS);
    }

    static void run(Path folder, TrainingSpec spec, int steps) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        LabelledGrid.Builder grid =
                LabelledGrid.builder().scale(2, LabelledGrid.Scaling.BICUBIC).columns(CLOTHES);
        try (TrainingEngine engine = TrainingEngine.open()) {
            FACES.forEach((word, face) -> {
                TrainedLora lora = Txt2Lora.builder()
                        .engine(engine)
                        .name(word)
                        .model(model)
                        .prompt(DemoPictures.character(word, face))
                        .training(spec)
                        .output(folder)
                        .listener(ConsoleProgress.standard())
                        .build()
                        .train();
                grid.row(
                        word, dressUp(engine, DemoPictures.request(model, steps).build(), lora));
            });
        }
        grid.build().writePng(folder.resolve("dressing-up.png"));
    }

    private static List<BufferedImage> dressUp(TrainingEngine engine, ImageRequest template, TrainedLora lora) {
        List<BufferedImage> pictures = new ArrayList<>();
        for (String clothes : CLOTHES) {
            var request = template.toBuilder()
                    .prompt(new PlainWords(lora.name() + "," + clothes).asPrompt())
                    .lora(lora.file(), 1)
                    .build();
            pictures.add(engine.generate(request).get(0).image());
        }
        return pictures;
    }
}
