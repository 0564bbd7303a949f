package io.github.txt2lora.batch;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FileName;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.internal.file.StorageFailure;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.LoraSettings;
import io.github.txt2lora.workspace.ModelAddress;
import io.github.txt2lora.workspace.PreviewSettings;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The findings of a look at everything that a batch needs, before anything is trained.
 *
 * @param estimates of the LoRAs that can be trained, in the order in which they were chosen
 * @param problems problems that keep LoRAs from being trained, one text each, which names the file and, where there is
 *     one, the line
 * @param warnings warnings for the user
 * @param prompts prompts that the LoRAs learn, in the same order, by their names; {@link PromptPair#inWords()} says it
 */
public record Preflight(
        List<Estimate> estimates, List<String> problems, List<String> warnings, Map<String, List<PromptPair>> prompts) {

    /** Copies all. */
    public Preflight {
        estimates = List.copyOf(estimates);
        prompts = Collections.unmodifiableMap(new LinkedHashMap<>(prompts));
        problems = problems.stream().map(Excerpt::message).toList();
        warnings = warnings.stream().map(Excerpt::message).toList();
    }

    /**
     * Reads all settings, prompts and headers of models, loads a few weights of each model, and asks for the space on
     * the disk. Nothing is changed or downloaded. Where there is a model to look at, this opens an engine, as
     * {@link TrainingEngine#open()} does, and closes it.
     *
     * @throws InvalidSettingException if a name that is chosen is not there, or none is chosen and there is not
     *     exactly one
     * @throws StorageException if the folder with the settings cannot be read
     */
    public static Preflight check(Workspace workspace, BatchOptions options) {
        return check(workspace, options, EngineOptions.builder().build());
    }

    /** The same with an engine of these options, whose device the memory is compared with. */
    public static Preflight check(Workspace workspace, BatchOptions options, EngineOptions engineOptions) {
        try (var engine = new EngineOnDemand(engineOptions)) {
            return check(workspace, options, engine::get);
        }
    }

    /** The same with an engine that is open; it may be training. */
    public static Preflight check(Workspace workspace, BatchOptions options, TrainingEngine engine) {
        return check(workspace, options, () -> engine);
    }

    private static Preflight check(Workspace workspace, BatchOptions options, Supplier<TrainingEngine> engine) {
        List<String> names = options.choose(workspace.names());
        List<Estimate> estimates = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Map<String, List<PromptPair>> prompts = new LinkedHashMap<>();
        for (String name : names) {
            try {
                LoraProject project = workspace.load(name, warnings::add);
                prompts.put(name, project.prompts());
                PreviewGrid.requireDrawable(project);
                new LoraFiles(workspace.loraFolder(name), name).requireReplaceable();
                ModelSource model = workspace.model(project.settings());
                if (model instanceof ModelSource.Download download) {
                    warnings.add(
                            workspace.configFile(name) + ": the model " + download.name() + " will be downloaded from "
                                    + download.displayUrl() + "; what it takes is not known before");
                } else {
                    Estimate estimate =
                            estimate(project, workspace.training(project), options.together(), engine.get());
                    estimates.add(estimate);
                    estimate.training()
                            .shortage()
                            .ifPresent(shortage -> problems.add(workspace.configFile(name) + ": " + shortage));
                }
            } catch (Txt2LoraException e) {
                problems.addAll(problem(workspace, name, e).lines().toList());
            }
        }
        problems.addAll(namesThatDifferInCase(names));
        warnings.addAll(noReport(workspace));
        Path lora = Files.exists(workspace.loraFolder()) ? workspace.loraFolder() : workspace.folder();
        problems.addAll(tooLittleSpace(lora, estimates));
        return new Preflight(estimates, problems, warnings, prompts);
    }

    /**
     * The same for a single training that belongs to no workspace and has no preview.
     *
     * @param warnings warnings that are known already, such as
     *     {@link io.github.txt2lora.workspace.LecoConfigFile#warnings()}
     * @throws StorageException if the disk cannot be asked for its space
     */
    public static Preflight check(LoraTraining training, List<String> warnings) {
        return check(training, warnings, EngineOptions.builder().build());
    }

    /** The same with an engine of these options, whose device the memory is compared with. */
    public static Preflight check(LoraTraining training, List<String> warnings, EngineOptions engineOptions) {
        try (var engine = new EngineOnDemand(engineOptions)) {
            return check(training, warnings, engine::get);
        }
    }

    /** The same with an engine that is open; it may be training. */
    public static Preflight check(LoraTraining training, List<String> warnings, TrainingEngine engine) {
        return check(training, warnings, () -> engine);
    }

    private static Preflight check(LoraTraining training, List<String> warnings, Supplier<TrainingEngine> engine) {
        List<Estimate> estimates = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try {
            Estimate estimate = estimate(project(training), training, 1, engine.get());
            estimates.add(estimate);
            estimate.training().shortage().ifPresent(problems::add);
        } catch (Txt2LoraException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        Path output = training.output().toAbsolutePath();
        while (Files.notExists(output) && output.getParent() != null) {
            output = output.getParent();
        }
        problems.addAll(tooLittleSpace(output, estimates));
        return new Preflight(estimates, problems, warnings, Map.of(training.name(), training.prompts()));
    }

    private static LoraProject project(LoraTraining training) {
        PreviewSettings none = PreviewSettings.builder().enabled(false).build();
        ModelAddress model = ModelAddress.at(training.model().displayName());
        return new LoraProject(
                new LoraSettings(training.name(), model, List.of(), training.spec(), Optional.empty(), none),
                training.prompts());
    }

    private static Estimate estimate(LoraProject project, LoraTraining training, int together, TrainingEngine engine) {
        return Estimate.of(
                project,
                engine.estimate(training, together),
                Runtime.getRuntime().availableProcessors());
    }

    /** Messages about settings name their file already; those about models do not say who wants them. */
    private static String problem(Workspace workspace, String name, Txt2LoraException e) {
        String message = String.valueOf(e.getMessage());
        if (!isFileName(name)) {
            return workspace.configFolder() + ": " + message;
        }
        return e instanceof InvalidSettingException ? message : workspace.configFile(name) + ": " + message;
    }

    private static boolean isFileName(String name) {
        try {
            FileName.checkLora("lora_name", name);
            return true;
        } catch (InvalidSettingException e) {
            return false;
        }
    }

    /** Folders of such names are one on the file systems of Windows and macOS, to which a workspace may be synced. */
    private static List<String> namesThatDifferInCase(List<String> names) {
        Map<String, String> seen = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (String name : names) {
            String other = seen.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            if (other != null) {
                problems.add("the names " + other + " and " + name + " differ only in case; expected names that are"
                        + " different on every file system");
            }
        }
        return problems;
    }

    private static List<String> noReport(Workspace workspace) {
        try {
            RegularFile.requireReplaceable(WorkspaceReport.file(workspace));
            return List.of();
        } catch (StorageException e) {
            return List.of("there will be no report: " + e.getMessage());
        }
    }

    private static List<String> tooLittleSpace(Path folder, List<Estimate> estimates) {
        double needed = estimates.stream().mapToDouble(Estimate::diskBytes).sum();
        OptionalLong free = StorageFailure.spaceIn(folder);
        return free.isEmpty() || free.getAsLong() >= needed
                ? List.of()
                : List.of("the disk of " + folder + " has " + ByteSize.text(free.getAsLong())
                        + " left; expected about " + ByteSize.text((long) needed)
                        + " for the LoRAs, their states and their images. Free some space, or put the folder"
                        + " on another disk");
    }

    /** Whether nothing keeps the LoRAs from being trained. */
    public boolean isPassed() {
        return problems.isEmpty();
    }

    /** The most memory that any LoRA takes, in bytes, as far as known. */
    public long memoryBytes() {
        return estimates.stream().mapToLong(Estimate::memoryBytes).max().orElse(0);
    }

    /** The time that all take together on the CPU, as far as known. */
    public Duration time() {
        return estimates.stream()
                .map(estimate -> estimate.trainingTime().plus(estimate.previewTime()))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
