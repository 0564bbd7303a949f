package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
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
 * Two characters in one LoRA: images of each alone, and images of both together, each in her place, with the syntax of
 * the web UI's extensions Latent Couple and Regional Prompter.
 *
 * <p>Usage: {@code TwoCharacters [FOLDER]}, where the results go; by default {@code two-characters}.
 */
public final class TwoCharacters {

    private static final PromptPair MAID = DemoPictures.character(
            "krnkmd",
            "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,black eyes,black rimmed glasses,"
                    + "cat ears,black hair,hair between eyes,ear fluff");

    private static final PromptPair SHRINE_MAIDEN = DemoPictures.character(
            "tyankmk",
            "high ponytail,japanese miko clothes,white kimono,red hakama,brown eyes,cat ears,brown hair,ear fluff,"
                    + "hair between eyes");

    /** What holds for the whole image counts 0.2 everywhere, and what holds for a half counts 0.8 there. */
    private static final ImageComposition LATENT_COUPLE = LatentCouple.parse("1:1-0:0,1:2-0:0,1:2-0:1", "0.2,0.8,0.8");

    private static final String LATENT_COUPLE_PROMPT = "2girls AND 1girl,krnkmd AND 1girl,tyankmk";

    private static final ImageComposition REGIONAL_PROMPTER = RegionGrid.even();

    private static final String REGIONAL_PROMPTER_PROMPT = "2girls ADDBASE 1girl,krnkmd ADDCOL 1girl,tyankmk";

    private TwoCharacters() {}

    /** Trains the LoRA and draws the images. */
    public static void main(String[] args) {
        run(
                Path.of(args.length == 0 ? "two-characters" : args[0]),
                TrainingSpec.builder().build(),
                4,
                DemoPictures.STEPS);
    }

    static void run(Path folder, TrainingSpec spec, int picturesPerRow, int steps) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine = TrainingEngine.open()) {
            TrainedLora lora = Txt2Lora.builder()
                    .engine(engine)
                    .name("krnkmd-tyankmk")
                    .model(model)
                    .prompt(MAID)
                    .prompt(SHRINE_MAIDEN)
                    .training(spec)
                    .output(folder)
                    .listener(ConsoleProgress.standard())
                    .build()
                    .train();
            ImageRequest without =
                    DemoPictures.request(model, steps).count(picturesPerRow).build();
            ImageRequest alone = without.toBuilder().lora(lora.file(), 1).build();
            LabelledGrid.builder()
                    .scale(2, LabelledGrid.Scaling.BICUBIC)
                    .row("krnkmd", draw(engine, alone, "krnkmd"))
                    .row("tyankmk", draw(engine, alone, "tyankmk"))
                    .build()
                    .writePng(folder.resolve("each-alone.png"));
            ImageRequest latentCouple = couple(without, LATENT_COUPLE);
            ImageRequest regionalPrompter = couple(without, REGIONAL_PROMPTER);
            LabelledGrid.builder()
                    .scale(2, LabelledGrid.Scaling.BICUBIC)
                    .row("Latent Couple", draw(engine, latentCouple, LATENT_COUPLE_PROMPT))
                    .row("with the LoRA", draw(engine, with(lora, latentCouple), LATENT_COUPLE_PROMPT))
                    .row("Regional Prompter", draw(engine, regionalPrompter, REGIONAL_PROMPTER_PROMPT))
                    .row("with the LoRA", draw(engine, with(lora, regionalPrompter), REGIONAL_PROMPTER_PROMPT))
                    .build()
                    .writePng(folder.resolve("two-characters.png"));
        }
    }

    /** Twice as wide, for one beside the other. */
    private static ImageRequest couple(ImageRequest request, ImageComposition composition) {
        return request.toBuilder()
                .composition(composition)
                .width(2 * DemoPictures.SIDE)
                .build();
    }

    private static ImageRequest with(TrainedLora lora, ImageRequest request) {
        return request.toBuilder().lora(lora.file(), 1).build();
    }

    private static List<BufferedImage> draw(TrainingEngine engine, ImageRequest template, String prompt) {
        ImageRequest request = template.toBuilder().prompt(prompt).build();
        return engine.generate(request).stream().map(GeneratedImage::image).toList();
    }
}
