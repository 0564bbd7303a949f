package io.github.txt2lora.samples;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The quick start: teaches the word {@code krnkmd} to mean a black-haired cat maid with glasses, and draws pictures
 * that show the difference.
 *
 * <p>Usage: {@code BlackCatMaid [FOLDER]}, where the results go; by default {@code quickstart}.
 */
public final class BlackCatMaid {

    private static final String LOOK = "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,"
            + "black eyes,black rimmed glasses,cat ears,black hair,hair between eyes,ear fluff";

    /** What shall look as before. Whatever resembles the target most is most in danger, so {@code 1girl} leads. */
    private static final List<String> KEPT = List.of(
            "1girl",
            "1girl",
            "1girl",
            "2girls",
            "",
            "1girl,kitchen",
            "1girl,blonde hair,red dress",
            "1girl,long hair,school uniform",
            "1girl,brown hair,smile");

    private static final int RESOLUTION = 96;

    private BlackCatMaid() {}

    /** Runs the quick start. */
    public static void main(String[] args) {
        run(Path.of(args.length == 0 ? "quickstart" : args[0]), 200, 6);
    }

    static void run(Path folder, int iterations, int picturesPerRow) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        Path picture = folder.resolve("before-after.png");
        TrainedLora lora;
        try (TrainingEngine engine = TrainingEngine.open()) {
            lora = Txt2Lora.builder()
                    .engine(engine)
                    .name("krnkmd")
                    .model(model)
                    .prompts(lessons())
                    .training(TrainingSpec.builder()
                            .iterations(iterations)
                            .learningRate(2e-3)
                            .maxDenoisingSteps(12)
                            .lora(LoraSpec.builder().rank(8).alpha(4).build())
                            .build())
                    .output(folder)
                    .listener(ConsoleProgress.standard())
                    .build()
                    .train();
            new BeforeAfter(engine, model, RESOLUTION, picturesPerRow)
                    .draw("1girl", "krnkmd", LOOK, lora.file())
                    .writePng(picture);
        }
        System.out.printf("Loss: %.4f at the start, %.4f at the end%n", lora.firstLoss(), lora.lastLoss());
        System.out.println("LoRA: " + lora.file().toAbsolutePath());
        System.out.println("Picture: " + picture.toAbsolutePath());
    }

    /** Each iteration draws one of these, so the pair stands there once for every prompt to keep. */
    private static List<PromptPair> lessons() {
        PromptPair maid = PromptPair.enhance("krnkmd")
                .positive(LOOK)
                .neutral("1girl")
                .resolution(RESOLUTION)
                .batchSize(2)
                .build();
        List<PromptPair> lessons = new ArrayList<>(Collections.nCopies(KEPT.size(), maid));
        for (String prompt : KEPT) {
            lessons.add(PromptPair.preserve(prompt)
                    .resolution(RESOLUTION)
                    .batchSize(2)
                    .build());
        }
        return lessons;
    }
}
