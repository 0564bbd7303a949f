package io.github.txt2lora.cli;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.workspace.LecoConfigFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora train CONFIG.yaml}. */
@Command(
        name = "train",
        description = {
            "Trains a LoRA as a configuration file in LECO's layout says.",
            "Ctrl-C ends the training after the step under way and keeps what was trained so far."
        },
        exitCodeListHeading = Txt2LoraCommand.EXIT_CODES,
        exitCodeList = {
            "0:The LoRA was trained.",
            "1:The training failed; the reason is printed.",
            "2:The command line or a setting is wrong.",
            "130:Ended by Ctrl-C; the LoRA holds what was trained so far."
        },
        footer = "  txt2lora train leco/config.yaml --output lora")
final class TrainCommand implements Callable<Integer> {

    @Parameters(paramLabel = "CONFIG.yaml", description = "The configuration. Paths in it count from its folder.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path config;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = "The folder for the LoRA, instead of the configuration's save.path.")
    private @Nullable Path output;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private EngineSettings engineSettings;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommonOptions common;

    @Override
    public Integer call() throws InterruptedException {
        EngineOptions options = engineSettings.options();
        LoraTraining training = LecoConfigFile.read(config).toTraining();
        if (output != null) {
            training = training.toBuilder().output(output).build();
        }
        try (var interruption = new Interruption()) {
            report(train(options, training, interruption));
        }
        return ExitCode.OK;
    }

    private TrainedLora train(EngineOptions options, LoraTraining training, Interruption interruption)
            throws InterruptedException {
        try (TrainingEngine engine = TrainingEngine.open(options)) {
            TrainingJob job = engine.start(training, new ProgressReport(common.output()));
            interruption.watch(job);
            return job.await();
        }
    }

    private void report(TrainedLora lora) {
        common.output()
                .result(
                        JsonLine.result()
                                .put("file", lora.file())
                                .put("iterations", lora.iterations())
                                .put("firstLoss", lora.firstLoss())
                                .put("lastLoss", lora.lastLoss())
                                .put("seconds", lora.duration().toMillis() / 1000.0),
                        String.format(
                                Locale.ROOT,
                                "%s: %d iterations, loss %.4f at the start, %.4f at the end",
                                lora.file(),
                                lora.iterations(),
                                lora.firstLoss(),
                                lora.lastLoss()));
    }
}
