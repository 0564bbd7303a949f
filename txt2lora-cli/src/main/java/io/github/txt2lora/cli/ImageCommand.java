package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code txt2lora image}. */
@Command(
        name = "image",
        description = "Draws images. The PNG files contain the settings, as those of web UIs do.",
        footer = {
            "  txt2lora image -m model/anime.safetensors -o maid.png \\",
            "      --lora lora/krnkmd/krnkmd.safetensors:0.8 \"krnkmd, kitchen\""
        })
@SuppressWarnings("NullAway.Init") // picocli sets what has a default or is required
final class ImageCommand implements Callable<Integer> {

    @Mixin
    private PictureOptions picture;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of images, with consecutive seeds. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE.png",
            defaultValue = "image.png",
            description = "The file to write; it replaces an existing file. With several images, each file name"
                    + " gets the seed. Default: ${DEFAULT-VALUE}.")
    private Path file;

    @Mixin
    private EngineSettings engineSettings;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        ImageRequest request = request();
        List<Path> files = LongStream.range(0, count)
                .mapToObj(i -> fileOf(request.seed() + i))
                .toList();
        AtomicFile.requireWritable(files.get(0));
        files.forEach(RegularFile::requireReplaceable);
        Output output = common.output();
        List<GeneratedImage> images = draw(request, output);
        for (int i = 0; i < images.size(); i++) {
            images.get(i).writePng(files.get(i));
        }
        output.result(
                JsonLine.result()
                        .put("files", files)
                        .put("seeds", images.stream().map(GeneratedImage::seed).toList()),
                String.join(
                        System.lineSeparator(),
                        files.stream().map(Path::toString).toList()));
        return ExitCode.OK;
    }

    private ImageRequest request() {
        try {
            return picture.request().count(count).build();
        } catch (InvalidSettingException e) {
            throw common.misuse(e);
        }
    }

    private Path fileOf(long seed) {
        if (count == 1) {
            return file;
        }
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        return file.resolveSibling(name.substring(0, end) + "-" + seed + name.substring(end));
    }

    private List<GeneratedImage> draw(ImageRequest request, Output output) {
        try (TrainingEngine engine = TrainingEngine.open(engineSettings.options());
                Progress progress = output.progress("Drawing")) {
            return engine.generate(request, new ImageListener() {
                @Override
                public void stepFinished(ImageProgress step) {
                    progress.at(step.stepsDone(), step.steps());
                }

                @Override
                public void warned(String message) {
                    output.warn(message);
                }
            });
        }
    }
}
