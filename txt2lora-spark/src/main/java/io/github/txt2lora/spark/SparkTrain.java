package io.github.txt2lora.spark;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.workspace.Workspace;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The application for {@code spark-submit}: trains LoRAs of a workspace on the executors. */
@Command(
        name = "SparkTrain",
        description = {
            "Trains LoRAs of a workspace on the executors of a Spark application.",
            "Finished LoRAs are skipped; interrupted ones are resumed."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:All LoRAs are trained.",
            "1:The training of at least one LoRA failed; the reason is printed.",
            "2:The command line or a setting is wrong."
        },
        footerHeading = "%nExample:%n",
        footer = "  spark-submit --class io.github.txt2lora.spark.SparkTrain txt2lora-spark.jar /mnt/Txt2Lora --all")
public final class SparkTrain implements Callable<Integer> {

    private static final String APP_NAME = "spark.app.name";
    private static final String PLUGINS = "spark.plugins";

    @Parameters(index = "0", paramLabel = "WORKSPACE", description = "A folder that driver and executors see.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path folder;

    @Parameters(
            index = "1..*",
            paramLabel = "NAME",
            description = "LoRAs of the workspace; the only one if none is named.")
    private List<String> names = List.of();

    @Option(names = "--all", description = "All LoRAs of the workspace.")
    private boolean all;

    @Option(
            names = "--together",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Train this many LoRAs of the same model at the same time in a task. This takes less time,"
                    + " but more memory. Default: ${DEFAULT-VALUE}.")
    private int together;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting that overrides the files, such as train_lr=1e-3. Repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--force", description = "Train finished LoRAs again, from the start.")
    private boolean force;

    @Option(names = "--delete-resize-src", description = "Delete the original LoRA after resizing it.")
    private boolean deleteResizeSource;

    @Option(
            names = "--metrics",
            paramLabel = "FILE",
            description = "Append the metrics of every iteration to this file, which the driver writes: CSV if its name"
                    + " ends in .csv, JSON Lines if it ends in .jsonl.")
    private @Nullable Path metrics;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "Device of tasks without a GPU of Spark's: auto, which is the CPU, cpu, cuda:0 and so on. cpu"
                    + " also stands for tasks with one. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "CPU threads of a training; 0 lets PyTorch choose. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--tf32", description = "Let a GPU compute in TF32 where FP32 is set: faster and less exact.")
    private boolean tf32;

    @Option(
            names = "--deterministic",
            description = "Let a GPU use only algorithms that give the same bytes each time: slower.")
    private boolean deterministic;

    @Option(
            names = "--cache",
            paramLabel = "FOLDER",
            description = "Folder in which executors keep latents and predictions for each other, or, if it is on each"
                    + " node, for themselves. Default: the folder cache of the workspace.")
    private @Nullable Path cache;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private SparkTrain() {}

    /** Trains, and ends the process with an exit code other than 0 unless all LoRAs are trained. */
    public static void main(String[] args) {
        int code = commandLine().execute(args);
        if (code != ExitCode.OK) {
            System.exit(code);
        }
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        return new CommandLine(new SparkTrain()).setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof Txt2LoraException) {
                command.getErr().println(failure.getMessage());
                command.getErr().flush();
                return failure instanceof InvalidSettingException ? ExitCode.USAGE : ExitCode.SOFTWARE;
            }
            throw failure;
        });
    }

    @Override
    public Integer call() {
        if (all && !names.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--all is given with the names " + names + "; expected one or the other");
        }
        Workspace workspace = Workspace.open(folder).withSettings(settings);
        BatchOptions options = options();
        options.choose(workspace.names());
        EngineOptions engine = engineOptions(workspace);
        PrintWriter out = spec.commandLine().getOut();
        SparkContext context = new SparkContext(configuration());
        try {
            BatchResult result = new SparkBatch(context, engine).run(workspace, options, new PrintedProgress(out));
            out.println(result.counts()
                    + result.report().map(file -> "; the report is " + file).orElse(""));
            out.flush();
            return result.isComplete() ? ExitCode.OK : ExitCode.SOFTWARE;
        } finally {
            context.stop();
        }
    }

    private BatchOptions options() {
        return new BatchOptions(names, all, force, deleteResizeSource, together, Optional.ofNullable(metrics));
    }

    private EngineOptions engineOptions(Workspace workspace) {
        return EngineOptions.builder()
                .device(Device.parse(device))
                .threads(threads)
                .allowTf32(tf32)
                .deterministic(deterministic)
                .cacheFolder(cache == null ? workspace.cacheFolder() : cache)
                .build();
    }

    private static SparkConf configuration() {
        SparkConf conf = new SparkConf();
        conf.setIfMissing(APP_NAME, "txt2lora");
        String plugin = TrainingPlugin.class.getName();
        String others = conf.get(PLUGINS, "");
        if (!others.contains(plugin)) {
            conf.set(PLUGINS, others.isEmpty() ? plugin : others + "," + plugin);
        }
        return conf;
    }
}
