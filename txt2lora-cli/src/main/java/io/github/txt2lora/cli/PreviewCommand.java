package io.github.txt2lora.cli;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.WordsPreview;
import io.github.txt2lora.image.PlotListener;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code txt2lora preview}. */
@Command(
        name = "preview",
        description = {
            "Draws what the words of LoRAs draw on the base model, before anything is trained: the images that the target"
                    + " is to show, above them those of the neutral prompt. Change the words until you like the images,"
                    + " then train.",
            "Of several base models it is the first one. Places, seeds, size and steps are those of the preview in the settings. The file is"
                    + " lora/NAME/NAME-words.png."
        },
        footer = "  txt2lora preview Txt2Lora --names krnkmd")
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class PreviewCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "WORKSPACE",
            defaultValue = ".",
            description = "The folder of a workspace. Default: the current folder.")
    private Path folder;

    @ArgGroup
    private LoraChoice.@Nullable Names choice;

    @Mixin
    private SettingOptions settings;

    @Mixin
    private EngineSettings engineSettings;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Workspace workspace = Workspace.open(folder).withSettings(settings.values());
        List<String> names = LoraChoice.chosen(choice).choose(workspace.names());
        EngineOptions options = engineSettings.options();
        List<Path> files = new ArrayList<>();
        try (TrainingEngine engine = TrainingEngine.open(options)) {
            var preview = new WordsPreview(workspace, engine);
            for (String name : names) {
                files.add(draw(preview, name));
            }
        }
        common.output()
                .result(
                        JsonLine.result().put("files", files),
                        files.stream().map(Path::toString).collect(Collectors.joining(System.lineSeparator())));
        return ExitCode.OK;
    }

    private Path draw(WordsPreview preview, String name) {
        Output output = common.output();
        try (Progress progress = output.progress("Drawing the words of " + name)) {
            return preview.draw(name, new PlotListener() {
                @Override
                public void pictureFinished(int done, int total) {
                    progress.at(done, total);
                }

                @Override
                public void warned(String message) {
                    output.warn(name + ": " + message);
                }
            });
        }
    }
}
