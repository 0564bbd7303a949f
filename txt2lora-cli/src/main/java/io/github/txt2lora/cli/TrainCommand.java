package io.github.txt2lora.cli;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.workspace.LecoConfigFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code txt2lora train CONFIG.yaml}. */
@Command(
        name = "train",
        description = {
            "Trains a LoRA as a configuration file in LECO's layout says.",
            "Ctrl-C ends the training after the step under way and keeps what was trained so far."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The LoRA was trained.",
            "1:The training failed; the reason is printed.",
            "2:The command line is wrong.",
            "130:Ended by Ctrl-C; the LoRA holds what was trained so far."
        })
final class TrainCommand implements Callable<Integer> {

    static final String STACKTRACE = "--stacktrace";

    @Parameters(paramLabel = "CONFIG.yaml", description = "The configuration. Paths in it count from its folder.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path config;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            converter = DeviceConverter.class,
            description = "auto, cpu, cuda or cuda:1 and so on; auto is the first graphics card that can be used, else"
                    + " the processor. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Device device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads on the processor; 0 lets PyTorch choose. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = "The folder for the LoRA, instead of the configuration's save.path.")
    private @Nullable Path output;

    @Option(names = STACKTRACE, description = "Print the stack trace of a failure.")
    @SuppressWarnings("UnusedVariable") // FailureReport asks the parser for it
    private boolean stacktrace;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        EngineOptions options = engineOptions();
        LoraTraining training = LecoConfigFile.read(config).toTraining();
        if (output != null) {
            training = training.toBuilder().output(output).build();
        }
        try (var interruption = new Interruption()) {
            report(train(options, training, interruption));
        }
        return ExitCode.OK;
    }

    private EngineOptions engineOptions() {
        try {
            return EngineOptions.builder().device(device).threads(threads).build();
        } catch (InvalidSettingException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private TrainedLora train(EngineOptions options, LoraTraining training, Interruption interruption)
            throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (TrainingEngine engine = TrainingEngine.open(options)) {
            TrainingJob job = engine.start(training, new ProgressReport(err, Ansi.AUTO.enabled()));
            interruption.watch(job);
            return job.await();
        }
    }

    private void report(TrainedLora lora) {
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %d iterations, loss %.4f at the start, %.4f at the end%n",
                        lora.file(),
                        lora.iterations(),
                        lora.firstLoss(),
                        lora.lastLoss());
    }
}
