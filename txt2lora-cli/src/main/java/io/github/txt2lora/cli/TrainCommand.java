package io.github.txt2lora.cli;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.event.MetricsFile;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.workspace.LecoConfigFile;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora train WORKSPACE} and {@code txt2lora train CONFIG.yaml}. */
@Command(
        name = "train",
        description = {
            "Trains LoRAs of a workspace. Finished LoRAs are skipped; interrupted ones are resumed.",
            "Or trains a single LoRA from a configuration file in LECO's layout.",
            "Ctrl-C stops the training and saves its state. The same command resumes it."
        },
        exitCodeListHeading = Txt2LoraCommand.EXIT_CODES,
        exitCodeList = {
            "0:All LoRAs are trained.",
            "1:The training of at least one LoRA failed; the reason is printed.",
            "2:The command line or a setting is wrong.",
            "130:Stopped by Ctrl-C; the state is saved."
        },
        footer = {
            "  txt2lora train Txt2Lora --names krnkmd,tyankmk --together 2",
            "  txt2lora train leco/config.yaml --output lora"
        })
final class TrainCommand implements Callable<Integer> {

    /** Of a single LoRA, which is wanted as it is; the engine is told too, since it may come first. */
    private static final CancelMode ON_INTERRUPTION = CancelMode.KEEP;

    @Parameters(
            paramLabel = "WORKSPACE|CONFIG.yaml",
            defaultValue = ".",
            description = "The folder of a workspace, or a configuration file, whose paths are relative to its"
                    + " folder. Default: the current folder.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path path;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private LoraChoice choice;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SettingOptions settings;

    @Option(names = "--force", description = "Train finished LoRAs of a workspace again, from the start.")
    private boolean force;

    @Option(names = "--delete-resize-src", description = "Delete the original LoRA of a workspace after resizing it.")
    private boolean deleteResizeSource;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = "The folder for the LoRA. Overrides save.path in CONFIG.yaml.")
    private @Nullable Path output;

    @Option(
            names = "--preview-every",
            paramLabel = "N",
            description = "Draw the taught words after every N iterations with the LoRA as it is, into the folder"
                    + " preview beside the LoRA. Overrides preview_every; 0 draws none.")
    private @Nullable Integer previewEvery;

    @Option(
            names = "--metrics",
            paramLabel = "FILE",
            description =
                    "Append loss, gradient norm, learning rate and speed of every iteration, and the gap where it is"
                            + " measured, to this file: CSV if its name ends in .csv, JSON Lines if it ends in .jsonl.")
    private @Nullable Path metrics;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private EngineSettings engineSettings;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommonOptions common;

    @Override
    public Integer call() throws InterruptedException {
        return Files.isDirectory(path) ? trainWorkspace() : trainConfiguration();
    }

    private int trainWorkspace() {
        if (output != null) {
            throw common.misuse("--output is given with a workspace, whose LoRAs come into its folder lora; expected it"
                    + " only with CONFIG.yaml");
        }
        Workspace workspace = Workspace.open(path).withSettings(settings());
        BatchOptions options = choice.options()
                .withForce(force)
                .withDeleteResizeSource(deleteResizeSource)
                .withMetrics(Optional.ofNullable(metrics));
        BatchReport report = new BatchReport(common.output(), force);
        EngineOptions engineOptions = engineSettings.options().toBuilder()
                .cacheFolder(workspace.cacheFolder())
                .build();
        try (TrainingEngine engine = TrainingEngine.open(engineOptions);
                LoraOperations operations = LoraOperations.open()) {
            BatchResult result = new Batch(workspace, engine, operations).run(options, report);
            report.end(result);
            return result.isComplete() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private Map<String, String> settings() {
        Map<String, String> all = new LinkedHashMap<>(settings.values());
        if (previewEvery != null) {
            all.put("preview_every", String.valueOf(previewEvery));
        }
        return all;
    }

    private int trainConfiguration() throws InterruptedException {
        if (choice.isGiven() || force || deleteResizeSource) {
            throw common.misuse("--names, --all, --together, --force and --delete-resize-src are for workspaces, but "
                    + path + " is no folder; expected a workspace or none of them");
        }
        EngineOptions options =
                engineSettings.options().toBuilder().onExit(ON_INTERRUPTION).build();
        LoraTraining training = LecoConfigFile.read(path, settings.values()).toTraining(common.output()::warn);
        if (output != null) {
            training = training.toBuilder().output(output).build();
        }
        if (previewEvery != null) {
            training = training.toBuilder()
                    .preview(PreviewSpec.builder().everyIterations(previewEvery).build())
                    .build();
        }
        report(train(options, training));
        return ExitCode.OK;
    }

    private TrainedLora train(EngineOptions options, LoraTraining training) throws InterruptedException {
        List<TrainingListener> listeners = new ArrayList<>();
        listeners.add(ProgressReport.ofOne(common.output(), "the same command resumes"));
        if (metrics != null) {
            listeners.add(MetricsFile.at(metrics).listener(training.name()));
        }
        try (TrainingEngine engine = TrainingEngine.open(options)) {
            return await(engine.start(training, listeners.toArray(TrainingListener[]::new)));
        }
    }

    private static TrainedLora await(TrainingJob job) throws InterruptedException {
        try {
            return job.await();
        } catch (InterruptedException e) {
            job.cancel(ON_INTERRUPTION);
            try {
                return job.await();
            } finally {
                Thread.currentThread().interrupt();
            }
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
                                .put("gap", lora.quality().map(LoraQuality::gap))
                                .put("drift", lora.quality().map(LoraQuality::drift))
                                .put("seconds", lora.duration().toMillis() / 1000.0),
                        lora.file() + ": " + Count.of(lora.iterations(), "iteration") + quality(lora));
    }

    /** Losses differ more by timestep than by progress; they are told where nothing better is known. */
    private static String quality(TrainedLora lora) {
        return lora.quality()
                .filter(quality -> !Double.isNaN(quality.gap()))
                .map(quality -> String.format(
                        Locale.ROOT, ", gap %.0f %%, drift %.0f %%", 100 * quality.gap(), 100 * quality.drift()))
                .orElseGet(() -> String.format(
                        Locale.ROOT, ", loss %.4f at the start, %.4f at the end", lora.firstLoss(), lora.lastLoss()));
    }
}
