package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Path;

/**
 * The quick start: teaches the word {@code krnkmd} to mean a black-haired cat maid with glasses, and draws images
 * that show the difference.
 *
 * <p>Usage: {@code BlackCatMaid [FOLDER]}, where the results go; by default {@code quickstart}.
 */
public final class BlackCatMaid {

    private static final String LOOK = "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,"
            + "black eyes,black rimmed glasses,cat ears,black hair,hair between eyes,ear fluff";

    private BlackCatMaid() {}

    /** Runs the quick start. */
    public static void main(String[] args) {
        run(
                Path.of(args.length == 0 ? "quickstart" : args[0]),
                TrainingSpec.builder().build(),
                6);
    }

    static void run(Path folder, TrainingSpec spec, int picturesPerRow) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        Path picture = folder.resolve("before-after.png");
        TrainedLora lora;
        try (TrainingEngine engine = TrainingEngine.open()) {
            lora = Txt2Lora.builder()
                    .engine(engine)
                    .name("krnkmd")
                    .model(model)
                    .prompt(DemoPictures.character("krnkmd", LOOK))
                    .training(spec)
                    .output(folder)
                    .listener(ConsoleProgress.standard())
                    .build()
                    .train();
            new BeforeAfter(engine, model, picturesPerRow)
                    .draw("1girl", "krnkmd", LOOK, lora.file())
                    .writePng(picture);
        }
        System.out.printf("Loss: %.4f at the start, %.4f at the end%n", lora.firstLoss(), lora.lastLoss());
        lora.quality()
                .ifPresent(quality -> System.out.printf(
                        "Gap: %.0f %%; drift: %.1f %% (see docs/settings.md)%n",
                        100 * quality.gap(), 100 * quality.drift()));
        System.out.println("LoRA: " + lora.file().toAbsolutePath());
        System.out.println("Picture: " + picture.toAbsolutePath());
    }
}
