package io.github.txt2lora.spark;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.batch.WorkspaceReport;
import io.github.txt2lora.event.MetricsFile;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.Workspace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains LoRAs on the executors of a Spark application: those of a workspace as
 * {@link Batch} does on one machine, or trainings that an application composed. Each task
 * trains one LoRA, or several on one model at the same time. Executors, driver and GPUs are Spark's matter; the
 * workspace, or the folders that the trainings write, must be on storage that all of them see at the same path.
 *
 * <pre>{@code
 * SparkConf conf = new SparkConf().set("spark.plugins", TrainingPlugin.class.getName());
 * SparkContext context = new SparkContext(conf);
 * Workspace workspace = Workspace.open(Path.of("/mnt/Txt2Lora"));
 * EngineOptions options = EngineOptions.builder().cacheFolder(workspace.cacheFolder()).build();
 * BatchResult result = new SparkBatch(context, options).run(workspace, BatchOptions.everything());
 * }</pre>
 *
 * <p>A LoRA that fails does not stop the others. If an executor is lost, Spark gives its task to another one, which
 * resumes the LoRA from its last state; after {@code spark.task.maxFailures} - 1 lost executors the LoRA has failed.
 * For the same settings, a LoRA has the same bytes as one from a single machine of the same kind; one that is resumed,
 * too, if it is trained alone.
 */
public final class SparkBatch {

    private final JavaSparkContext context;
    private final EngineOptions engineOptions;
    private final ClusterSettings settings;

    /**
     * Prepares trainings.
     *
     * @param context a running one with {@link TrainingPlugin}
     * @param engineOptions of the engine in each executor. A task that Spark gave a GPU computes on it, unless the device
     *     is the CPU. Other tasks compute on the device of the options, and on the CPU if that is
     *     {@link io.github.txt2lora.Device#auto()}.
     * @throws InvalidSettingException if the plugin is missing, or another setting of Spark does not go with trainings
     */
    public SparkBatch(SparkContext context, EngineOptions engineOptions) {
        this.context = JavaSparkContext.fromSparkContext(Check.given("context", context));
        this.engineOptions = Check.given("engineOptions", engineOptions);
        this.settings = ClusterSettings.of(context.getConf());
    }

    /** As {@link #run(Workspace, BatchOptions, BatchListener)}, without a listener. */
    public BatchResult run(Workspace workspace, BatchOptions options) {
        return run(workspace, options, new BatchListener() {});
    }

    /**
     * Trains LoRAs of a workspace and waits for the end. Results, records and report are those of a {@link Batch}; the
     * driver writes metrics and report, the latter anew while LoRAs are trained. If the thread is interrupted, the
     * trainings under way keep their states, the rest is not begun, and the result says so; the thread stays
     * interrupted.
     *
     * @param listener is called on threads of Spark, one call at a time; what it throws is logged
     * @throws InvalidSettingException if a name that is chosen is not there, none is chosen and there is not exactly
     *     one, or the file for metrics holds something else
     * @throws io.github.txt2lora.StorageException if the folder with the settings cannot be read
     */
    public BatchResult run(Workspace workspace, BatchOptions options, BatchListener listener) {
        List<String> names = options.choose(workspace.names());
        Optional<MetricsFile> metrics = options.metrics().map(MetricsFile::at);
        try (var report = WorkspaceReport.begin(workspace, names)) {
            var reactions = new BatchReactions(report.listener(listener), metrics, names.size());
            return report.end(outcomes(workspace, names, options, reactions));
        }
    }

    private List<LoraOutcome> outcomes(
            Workspace workspace, List<String> names, BatchOptions options, BatchReactions reactions) {
        Progress progress = new Progress(reactions);
        List<LoraProject> projects = projects(workspace, names, progress);
        List<Order> orders = Groups.of(projects, SparkBatch::loaded, options.together()).stream()
                .map(group -> order(workspace, group))
                .toList();
        Optional<Txt2LoraException> failure = new SparkRun(
                        context,
                        terms(reactions.wantsEveryIteration(), Optional.of(BatchTerms.of(workspace, options))),
                        orders,
                        progress)
                .await();
        failure.ifPresent(reason ->
                progress.open(names).forEach(name -> progress.end(name, new LoraOutcome.Failed(name, reason))));
        return names.stream()
                .map(name -> (LoraOutcome) progress.outcomes()
                        .getOrDefault(name, new LoraOutcome.Interrupted(name, progress.hasBegun(name))))
                .toList();
    }

    /** LoRAs with faulty settings have failed. Warnings come from the executors. */
    private static List<LoraProject> projects(Workspace workspace, List<String> names, Progress progress) {
        List<LoraProject> projects = new ArrayList<>();
        for (String name : names) {
            try {
                projects.add(workspace.load(name, warning -> {}));
            } catch (Txt2LoraException e) {
                progress.end(name, new LoraOutcome.Failed(name, e));
            }
        }
        return projects;
    }

    /** A key of the models that an engine keeps loaded. */
    private static Object loaded(LoraProject project) {
        return List.of(
                project.settings().model(),
                project.settings().alsoOn(),
                project.settings().spec().modelUse().precision());
    }

    private static Order order(Workspace workspace, List<LoraProject> group) {
        return new Order(group.stream()
                .map(project ->
                        new Order.Part(project.name(), ModelFiles.seen(models(workspace, project)), Optional.empty()))
                .toList());
    }

    /** The driver need not have them. */
    private static List<ModelSource> models(Workspace workspace, LoraProject project) {
        try {
            List<ModelSource> models = new ArrayList<>(List.of(workspace.model(project.settings())));
            models.addAll(workspace.alsoOn(project.settings()));
            return models;
        } catch (InvalidSettingException e) {
            return List.of();
        }
    }

    /**
     * Trains LoRAs that belong to no workspace and waits for the end. If the thread is interrupted, the trainings under
     * way keep their states, the rest is not begun, and the outcomes say so; the thread stays interrupted.
     *
     * @param trainings with different {@link LoraTraining#loraFile()}s. Relative paths count from the driver's working
     *     directory.
     * @param together trainings on one model to make at the same time, 1 or more; see
     *     {@link io.github.txt2lora.TrainingEngine#startTogether}
     * @param listeners gives the listener of each training, which is called on threads of Spark, one call at a time;
     *     what it throws is logged
     * @return the outcomes, in the order of the trainings. One that could not start, as its model is missing, has no
     *     events.
     * @throws InvalidSettingException if {@code together} is less than 1, or two trainings write the same file
     */
    public List<TrainingOutcome> train(
            List<LoraTraining> trainings,
            int together,
            Function<? super LoraTraining, ? extends TrainingListener> listeners) {
        Check.atLeast("together", together, 1);
        Map<String, LoraTraining> byKey = byKey(trainings);
        var reactions = new TrainingReactions(byKey, listeners);
        Progress progress = new Progress(reactions);
        List<Order> orders =
                Groups.of(List.copyOf(byKey.entrySet()), entry -> loaded(entry.getValue()), together).stream()
                        .map(SparkBatch::order)
                        .toList();
        Optional<Txt2LoraException> failure = new SparkRun(
                        context, terms(reactions.wantsEveryIteration(), Optional.empty()), orders, progress)
                .await();
        return byKey.entrySet().stream()
                .map(entry -> outcome(entry.getKey(), entry.getValue().name(), progress, failure))
                .toList();
    }

    private static TrainingOutcome outcome(
            String key, String name, Progress progress, Optional<Txt2LoraException> failure) {
        Object outcome = progress.outcomes().get(key);
        if (outcome != null) {
            return (TrainingOutcome) outcome;
        }
        return failure.<TrainingOutcome>map(reason -> new TrainingOutcome.Failed(name, reason))
                .orElseGet(() -> new TrainingOutcome.Interrupted(name, progress.hasBegun(key)));
    }

    private static Map<String, LoraTraining> byKey(List<LoraTraining> trainings) {
        Map<String, LoraTraining> byKey = new LinkedHashMap<>();
        Map<Object, String> files = new LinkedHashMap<>();
        for (LoraTraining training : Check.given("trainings", trainings)) {
            Object file = training.loraFile().toAbsolutePath().normalize();
            if (files.put(file, training.name()) != null) {
                throw InvalidSettingException.of(
                        "trainings", "two that write " + file, "trainings with a file of its own for each");
            }
            byKey.put(String.valueOf(byKey.size()), training);
        }
        return byKey;
    }

    private static Object loaded(LoraTraining training) {
        return List.of(training.models(), training.spec().modelUse().precision());
    }

    private static Order order(List<Map.Entry<String, LoraTraining>> group) {
        return new Order(group.stream()
                .map(entry -> new Order.Part(
                        entry.getKey(), ModelFiles.seen(entry.getValue().models()), Optional.of(entry.getValue())))
                .toList());
    }

    private Terms terms(boolean everyIteration, Optional<BatchTerms> batch) {
        return new Terms(
                UUID.randomUUID().toString(),
                engineOptions,
                settings.mostAttempts(),
                HostName.ofThisMachine(),
                everyIteration,
                batch);
    }
}
