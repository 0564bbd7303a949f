package io.github.txt2lora.batch;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.MetricsFile;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.spi.ModelDownloader;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.ModelAddress;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/**
 * Trains LoRAs of a workspace, one after another or several at the same time, those on the same base model together so
 * that it is loaded once. For each it leaves in {@code lora/NAME/}
 *
 * <ul>
 *   <li>{@code NAME.safetensors}, made smaller if the settings say so; then {@code NAME-large.safetensors} is the LoRA
 *       as it was trained, unless {@link BatchOptions#deleteResizeSource()};
 *   <li>{@code NAME.png}, the preview;
 *   <li>{@code NAME.json}, the {@link LoraRecord};
 * </ul>
 *
 * and in {@code lora/} a report, {@code report.html}, which is written anew while the batch runs.
 *
 * <p>A LoRA that fails does not stop the others. What is finished is skipped the next time, unless its settings, the
 * content of its model or its files changed; each part (training, resize, preview) is only done again if something
 * changed that it depends on. A training that was interrupted resumes from its last state.
 */
public final class Batch {

    private final Workspace workspace;
    private final TrainingEngine engine;
    private final LoraOperations operations;
    private final ModelDownloader downloader;

    /** Models that were looked at; a run after the first one does not read those again that did not change. */
    private final List<ModelIdentity> known = new CopyOnWriteArrayList<>();

    /**
     * Prepares a batch that gets missing models by the downloader on the class path.
     *
     * @param engine trains and draws; stays open
     * @param operations resize; stay open
     */
    public Batch(Workspace workspace, TrainingEngine engine, LoraOperations operations) {
        this(workspace, engine, operations, installedDownloader());
    }

    /** Prepares a batch that gets missing models in its own way. */
    public Batch(Workspace workspace, TrainingEngine engine, LoraOperations operations, ModelDownloader downloader) {
        this.workspace = Check.given("workspace", workspace);
        this.engine = Check.given("engine", engine);
        this.operations = Check.given("operations", operations);
        this.downloader = Check.given("downloader", downloader);
    }

    private static ModelDownloader installedDownloader() {
        return ServiceLoader.load(ModelDownloader.class, Batch.class.getClassLoader())
                .findFirst()
                .orElse((model, progress) -> {
                    throw new InvalidSettingException("the model " + model.name() + " is missing, and no "
                            + ModelDownloader.class.getName() + " is on the class path; get it from "
                            + model.displayUrl() + " yourself");
                });
    }

    /** A LoRA whose turn is to come. */
    private record Task(
            LoraProject project,
            List<ModelSource> models,
            List<ModelIdentity> identities,
            Optional<LoraRecord> record) {

        /** A key of the models that the engine keeps loaded. */
        Object loaded() {
            return List.of(
                    identities.stream().map(ModelIdentity::sha256).toList(),
                    project.settings().spec().modelUse().precision());
        }
    }

    /** As {@link #run(BatchOptions, BatchListener)}, without a listener. */
    public BatchResult run(BatchOptions options) {
        return run(options, new BatchListener() {});
    }

    /**
     * Trains and waits for the end. If the thread is interrupted, or the engine closed, the training under way keeps
     * its state, the rest is not begun, and the result says so; the thread stays interrupted.
     *
     * @throws InvalidSettingException if a name that is chosen is not there, none is chosen and there is not exactly
     *     one, or the file for metrics holds something else
     * @throws StorageException if the folder with the settings cannot be read
     */
    public BatchResult run(BatchOptions options, BatchListener listener) {
        List<String> names = options.choose(workspace.names());
        Optional<MetricsFile> metrics = options.metrics().map(MetricsFile::at);
        try (var report = WorkspaceReport.begin(workspace, names)) {
            ListenerCalls calls = report.calls(listener);
            Outcomes outcomes = new Outcomes(names, calls);
            run(names, options, metrics, calls, outcomes);
            return report.end(outcomes.all());
        }
    }

    /**
     * As {@link #run(BatchOptions, BatchListener)}, but leaves the report as it is, for a process that trains a part of
     * a batch whose report another one writes.
     *
     * @return one outcome for each LoRA that was chosen, in the order in which they were chosen
     */
    public List<LoraOutcome> runUnreported(BatchOptions options, BatchListener listener) {
        List<String> names = options.choose(workspace.names());
        Optional<MetricsFile> metrics = options.metrics().map(MetricsFile::at);
        ListenerCalls calls = new ListenerCalls(listener);
        Outcomes outcomes = new Outcomes(names, calls);
        run(names, options, metrics, calls, outcomes);
        return outcomes.all();
    }

    private void run(
            List<String> names,
            BatchOptions options,
            Optional<MetricsFile> metrics,
            ListenerCalls calls,
            Outcomes outcomes) {
        List<Task> tasks = grouped(prepare(names, calls, outcomes));
        for (int begun = 0; begun < tasks.size() && !outcomes.areInterrupted(); ) {
            var work = new SharedWork(calls, outcomes, metrics);
            for (Task task : nextTogether(tasks, begun, options.together())) {
                begun++;
                calls.onLoraStarted(task.project().name(), begun, tasks.size());
                work.add(
                        new LoraWork(
                                workspace,
                                task.project(),
                                task.models(),
                                task.identities(),
                                task.record(),
                                options,
                                calls),
                        workspace);
            }
            work.run(engine, operations);
        }
    }

    /** Reads settings and models; LoRAs with faulty ones have failed. */
    private List<Task> prepare(List<String> names, ListenerCalls calls, Outcomes outcomes) {
        List<Task> tasks = new ArrayList<>();
        for (String name : names) {
            if (Thread.currentThread().isInterrupted()) {
                return List.of();
            }
            try {
                LoraProject project = workspace.load(name, warning -> calls.onWarning(name, warning));
                LoraFiles files = new LoraFiles(workspace.loraFolder(name), name);
                files.requireReplaceable();
                Optional<LoraRecord> record =
                        LoraRecordFile.read(files.record(), warning -> calls.onWarning(name, warning));
                record.ifPresent(earlier -> remember(earlier.training().models()));
                calls.onModel(name, project.settings().model().displayName());
                ModelSource model = locate(project, calls);
                List<ModelSource> models = new ArrayList<>(List.of(model));
                models.addAll(workspace.alsoOn(project.settings()));
                List<ModelIdentity> identities = identities(project, models);
                remember(identities);
                tasks.add(new Task(project, models, identities, record));
            } catch (Txt2LoraException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return List.of(); // reading ends with an exception then
                }
                outcomes.end(new LoraOutcome.Failed(name, e));
            }
        }
        return tasks;
    }

    /** Each once, however many LoRAs are on it. */
    private void remember(List<ModelIdentity> identities) {
        identities.stream().filter(identity -> !known.contains(identity)).forEach(known::add);
    }

    private List<ModelIdentity> identities(LoraProject project, List<ModelSource> models) {
        List<ModelAddress> addresses =
                new ArrayList<>(List.of(project.settings().model()));
        addresses.addAll(project.settings().alsoOn());
        return IntStream.range(0, models.size())
                .mapToObj(i -> ModelIdentity.of(addresses.get(i).displayName(), pathOf(models.get(i)), known))
                .toList();
    }

    private ModelSource locate(LoraProject project, ListenerCalls calls) {
        ModelSource model = workspace.model(project.settings());
        if (model instanceof ModelSource.Download download) {
            return ModelSource.file(
                    downloader.download(download, progress -> calls.onDownload(project.name(), progress)));
        }
        return model;
    }

    private static Path pathOf(ModelSource model) {
        if (model instanceof ModelSource.SingleFile file) {
            return file.path();
        } else if (model instanceof ModelSource.DiffusersFolder folder) {
            return folder.path();
        }
        throw new IllegalArgumentException("not on this machine: " + model);
    }

    /** In the same order, but those after the first on its model follow it. */
    private static List<Task> grouped(List<Task> tasks) {
        Map<Object, List<Task>> groups = new LinkedHashMap<>();
        tasks.forEach(task ->
                groups.computeIfAbsent(task.loaded(), key -> new ArrayList<>()).add(task));
        return groups.values().stream().flatMap(List::stream).toList();
    }

    /** The tasks from a place on that are on the same model as the one there, but no more than a number. */
    private static List<Task> nextTogether(List<Task> tasks, int from, int most) {
        Object loaded = tasks.get(from).loaded();
        return tasks.subList(from, tasks.size()).stream()
                .limit(most)
                .takeWhile(task -> task.loaded().equals(loaded))
                .toList();
    }
}
