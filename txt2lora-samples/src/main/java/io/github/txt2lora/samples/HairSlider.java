package io.github.txt2lora.samples;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Slider;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.ImagePlot;
import io.github.txt2lora.image.PlotAxis;
import java.nio.file.Path;
import java.util.List;

/**
 * A LoRA whose weight turns hair from short to long, and an X/Y/Z plot of weights against places, a few seeds beside each
 * other.
 *
 * <p>Usage: {@code HairSlider [FOLDER]}, where the results go; by default {@code hair-slider}.
 */
public final class HairSlider {

    private static final List<Double> WEIGHTS = List.of(-1.0, -0.5, 0.0, 0.5, 1.0);

    private HairSlider() {}

    /** Trains the slider and draws the plot. */
    public static void main(String[] args) {
        run(
                Path.of(args.length == 0 ? "hair-slider" : args[0]),
                TrainingSpec.builder().build(),
                List.of(0L, 1L, 2L),
                DemoPictures.STEPS);
    }

    static void run(Path folder, TrainingSpec spec, List<Long> seeds, int steps) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        Slider slider = Slider.between("short hair", "long hair").of("1girl").withResolution(DemoPictures.SIDE);
        try (TrainingEngine engine = TrainingEngine.open()) {
            Path lora = Txt2Lora.builder()
                    .engine(engine)
                    .name("hair")
                    .model(model)
                    .prompts(slider.pairs())
                    .training(spec)
                    .output(folder)
                    .listener(ConsoleProgress.standard())
                    .build()
                    .train()
                    .file();
            var request = DemoPictures.request(model, steps)
                    .prompt("1girl, white background")
                    .lora(lora, 1)
                    .build();
            new ImagePlot(
                            request,
                            List.of(
                                    new PlotAxis.LoraWeights(WEIGHTS),
                                    new PlotAxis.PromptText("white background", List.of("white background", "kitchen")),
                                    new PlotAxis.Seeds(seeds)))
                    .draw(engine, (done, total) -> System.out.println(done + " of " + total + " pictures"))
                    .writePng(folder.resolve("plot.png"));
        }
    }
}
