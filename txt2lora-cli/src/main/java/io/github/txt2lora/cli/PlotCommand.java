package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.ImagePlot;
import io.github.txt2lora.image.LabelledGrid;
import io.github.txt2lora.image.PlotAxis;
import io.github.txt2lora.image.PlotListener;
import io.github.txt2lora.internal.file.AtomicFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code txt2lora plot}. */
@Command(
        name = "plot",
        description = {
            "Draws an X/Y/Z plot: the same image with the values of one to three axes, as one" + " labelled grid.",
            "An axis is KIND=VALUE,VALUE. Kinds are seed, steps, cfg, lora (files), lora-weight (of"
                    + " the LoRAs of --lora or of a lora axis), model (files or folders) and prompt. The first"
                    + " value of prompt is a part of the prompt, which the other values replace."
        },
        footer = {
            "  txt2lora plot -m model/anime.safetensors krnkmd -o plot.png \\",
            "      --lora lora/krnkmd/krnkmd.safetensors \\",
            "      --x lora-weight=0,0.5,1 --y seed=1,2,3"
        })
@SuppressWarnings("NullAway.Init") // picocli sets what has a default or is required
final class PlotCommand implements Callable<Integer> {

    @Mixin
    private PictureOptions picture;

    @Option(
            names = "--x",
            paramLabel = "AXIS",
            required = true,
            converter = PlotAxisConverter.class,
            description = "The columns.")
    private PlotAxis x;

    @Option(names = "--y", paramLabel = "AXIS", converter = PlotAxisConverter.class, description = "The rows.")
    private @Nullable PlotAxis y;

    @Option(
            names = "--z",
            paramLabel = "AXIS",
            converter = PlotAxisConverter.class,
            description = "The pages, placed side by side.")
    private @Nullable PlotAxis z;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE.png",
            defaultValue = "plot.png",
            description = "The file to write. It replaces an existing file. Default: ${DEFAULT-VALUE}.")
    private Path file;

    @Mixin
    private EngineSettings engineSettings;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        ImagePlot plot = plot();
        AtomicFile.requireWritable(file);
        Output output = common.output();
        draw(plot, output).writePng(file);
        int pictures =
                plot.axes().stream().mapToInt(axis -> axis.values().size()).reduce(1, Math::multiplyExact);
        output.result(JsonLine.result().put("file", file).put("pictures", pictures), file.toString());
        return ExitCode.OK;
    }

    private ImagePlot plot() {
        if (z != null && y == null) {
            throw common.misuse("--z is given without --y; expected the axes in the order --x, --y, --z");
        }
        List<PlotAxis> axes = Stream.of(x, y, z).filter(Objects::nonNull).toList();
        try {
            return new ImagePlot(picture.request().build(), axes);
        } catch (InvalidSettingException e) {
            throw common.misuse(e);
        }
    }

    private LabelledGrid draw(ImagePlot plot, Output output) {
        try (TrainingEngine engine = TrainingEngine.open(engineSettings.options());
                Progress progress = output.progress("Drawing")) {
            return plot.draw(engine, new PlotListener() {
                @Override
                public void pictureFinished(int done, int total) {
                    progress.at(done, total);
                }

                @Override
                public void warned(String message) {
                    output.warn(message);
                }
            });
        }
    }
}
