package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageComposition;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LabelledGrid;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.RegionGrid;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/**
 * Two characters in one LoRA, and images of both together, each in her place: with the syntax of the web UI's
 * extensions Latent Couple and Regional Prompter.
 *
 * <p>Usage: {@code TwoCharacters [FOLDER]}, where the results go; by default {@code two-characters}.
 */
public final class TwoCharacters {

    private static final PromptPair MAID = DemoSettings.character(
            "krnkmd",
            "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,black eyes,black rimmed glasses,"
                    + "cat ears,black hair,hair between eyes,ear fluff");

    private static final PromptPair SHRINE_MAIDEN = DemoSettings.character(
            "tyankmk",
            "long hair,japanese miko clothes,white kimono,red hakama,brown eyes,cat ears,brown hair,ear fluff");

    private TwoCharacters() {}

    /** Trains the LoRA and draws the images. */
    public static void main(String[] args) {
        run(Path.of(args.length == 0 ? "two-characters" : args[0]), 240, 4);
    }

    static void run(Path folder, int iterations, int picturesPerRow) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine = TrainingEngine.open()) {
            TrainedLora lora = Txt2Lora.builder()
                    .engine(engine)
                    .name("krnkmd-tyankmk")
                    .model(model)
                    .prompt(MAID)
                    .prompt(SHRINE_MAIDEN)
                    .training(DemoSettings.training(iterations))
                    .output(folder)
                    .listener(ConsoleProgress.standard())
                    .build()
                    .train();
            ImageRequest request = DemoSettings.picture(model)
                    .lora(lora.file(), 1)
                    .count(picturesPerRow)
                    .build();
            // The whole image counts 0.2, and each of the halves 0.8 in its place.
            ImageComposition latentCouple = LatentCouple.parse("1:1-0:0,1:2-0:0,1:2-0:1", "0.2,0.8,0.8");
            LabelledGrid.builder()
                    .scale(2, LabelledGrid.Scaling.BICUBIC)
                    .row("krnkmd", draw(engine, request, "krnkmd", ImageComposition.wholePicture()))
                    .row("tyankmk", draw(engine, request, "tyankmk", ImageComposition.wholePicture()))
                    .row(
                            "Latent Couple",
                            draw(engine, request, "2girls AND 2girls,krnkmd AND 2girls,tyankmk", latentCouple))
                    .row(
                            "Regional Prompter",
                            draw(engine, request, "2girls ADDCOMM krnkmd ADDCOL tyankmk", RegionGrid.even()))
                    .build()
                    .writePng(folder.resolve("two-characters.png"));
        }
    }

    private static List<BufferedImage> draw(
            TrainingEngine engine, ImageRequest template, String prompt, ImageComposition composition) {
        ImageRequest request =
                template.toBuilder().prompt(prompt).composition(composition).build();
        return engine.generate(request).stream().map(GeneratedImage::image).toList();
    }
}
