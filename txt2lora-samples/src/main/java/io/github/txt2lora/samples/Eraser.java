package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LabelledGrid;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes something away from a model, the first purpose of the method: cat ears, where the prompt names them and where it
 * does not.
 *
 * <p>Usage: {@code Eraser [FOLDER]}, where the results go; by default {@code eraser}.
 */
public final class Eraser {

    private static final String ERASED = "cat ears";
    private static final String NEUTRAL = "1girl";

    /** The last one has nothing to lose. */
    private static final List<String> PROMPTS = List.of(NEUTRAL + "," + ERASED, NEUTRAL, NEUTRAL + ",rabbit ears");

    private static final int PICTURES = 6;

    private Eraser() {}

    /** Trains the LoRA and draws prompts without and with it. */
    public static void main(String[] args) {
        run(
                Path.of(args.length == 0 ? "eraser" : args[0]),
                TrainingSpec.builder().build(),
                PICTURES,
                DemoPictures.STEPS);
    }

    static void run(Path folder, TrainingSpec spec, int pictures, int steps) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine = TrainingEngine.open()) {
            TrainedLora lora = Txt2Lora.builder()
                    .engine(engine)
                    .name("no-cat-ears")
                    .model(model)
                    .prompt(erasingFrom(NEUTRAL + "," + ERASED))
                    .prompt(erasingFrom(NEUTRAL))
                    .training(spec)
                    .output(folder)
                    .listener(ConsoleProgress.standard())
                    .build()
                    .train();
            LabelledGrid.Builder grid = LabelledGrid.builder().scale(2, LabelledGrid.Scaling.BICUBIC);
            for (String prompt : PROMPTS) {
                ImageRequest without = DemoPictures.request(model, steps)
                        .prompt(prompt)
                        .count(pictures)
                        .build();
                grid.row(prompt, pictures(engine, without));
                grid.row(
                        prompt + ", erased",
                        pictures(
                                engine, without.toBuilder().lora(lora.file(), 1).build()));
            }
            grid.build().writePng(folder.resolve("erased.png"));
        }
    }

    private static PromptPair erasingFrom(String prompt) {
        return PromptPair.erase(prompt)
                .positive(ERASED)
                .neutral(NEUTRAL)
                .resolution(DemoPictures.SIDE)
                .build();
    }

    private static List<BufferedImage> pictures(TrainingEngine engine, ImageRequest request) {
        return engine.generate(request).stream().map(GeneratedImage::image).toList();
    }
}
