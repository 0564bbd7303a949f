package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** On a cluster of two executors, each a process of its own with a working directory of its own. */
@Tag("cluster")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterTest {

    private static final EngineOptions OPTIONS =
            EngineOptions.builder().threads(1).build();

    private static SparkContext context;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        context = TestCluster.start(2);
    }

    @AfterAll
    static void stop() {
        context.stop();
    }

    @Test
    void loras_of_a_workspace_are_those_of_a_batch_on_one_machine_and_a_failure_ends_no_other() throws IOException {
        Workspace local = workspace(folder.resolve("local"));
        Workspace shared = workspace(folder.resolve("shared"));
        BatchOptions options = BatchOptions.everything().withTogether(2);
        BatchResult expected;
        try (TrainingEngine engine = TrainingEngine.open(OPTIONS);
                LoraOperations operations = LoraOperations.open()) {
            expected = new Batch(local, engine, operations).run(options);
        }
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        Path metrics = folder.resolve("metrics.csv");
        List<String> pages = Collections.synchronizedList(new ArrayList<>());

        BatchResult result = batch().run(shared, options.withMetrics(Optional.of(metrics)), new BatchListener() {
            private Path report = folder;

            @Override
            public void onReport(Path file) {
                report = file;
            }

            @Override
            public void onLoraStarted(String name, int number, int total) {
                pages.add(content(report));
                told.add("started " + name);
            }

            @Override
            public void onTraining(String name, TrainingEvent event) {
                if (event instanceof TrainingFinished) {
                    told.add("trained " + name);
                }
            }

            @Override
            public void onLoraEnded(LoraOutcome outcome) {
                told.add("ended " + outcome.name());
            }
        });

        assertThat(result.counts()).isEqualTo("4 of 6 finished, 2 failed").isEqualTo(expected.counts());
        assertThat(result.failures()).extracting(LoraOutcome.Failed::name).containsExactly("damaged", "faulty");
        assertThat(result.failures().get(0).failure())
                .hasMessageStartingWith("on the host ")
                .hasMessageEndingWith(expected.failures()
                        .get(0)
                        .failure()
                        .getMessage()
                        .replace(local.folder().toString(), shared.folder().toString()));
        for (String name : List.of("a", "b", "c", "d")) {
            LoraOutcome.Finished finished = finished(result, name);
            assertThat(finished.file())
                    .hasSameBinaryContentAs(finished(expected, name).file());
            assertThat(finished.record().training().losses())
                    .isEqualTo(finished(expected, name).record().training().losses());
            assertThat(told.stream().filter(text -> text.endsWith(" " + name)))
                    .containsExactly("started " + name, "trained " + name, "ended " + name);
        }
        assertThat(pages).as("the report while it runs").isNotEmpty().allMatch(page -> page.contains("id=\"refresh\""));
        assertThat(result.report())
                .hasValueSatisfying(report -> assertThat(report)
                        .content()
                        .contains("4 of 6 finished", "on the host ")
                        .doesNotContain("id=\"refresh\""));
        assertThat(Files.readAllLines(metrics))
                .filteredOn(line -> line.startsWith("a,"))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(batch().run(shared, BatchOptions.named("a,b")).outcomes())
                .as("what is finished is skipped")
                .allMatch(LoraOutcome.Skipped.class::isInstance);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Workspace workspace(Path folder) throws IOException {
        Workspace workspace = Trainings.workspace(folder);
        Files.writeString(folder.resolve("model/damaged.safetensors"), "no model");
        Trainings.add(workspace, "a", "");
        Trainings.add(workspace, "b", "model_path: " + Trainings.DIFFUSERS + "\n");
        Trainings.add(workspace, "c", "preview: true\npreview_steps: 1\npreview_width: 64\npreview_height: 64\n");
        Trainings.add(workspace, "d", "resize: sv_fro\nresize_value: 0.9\n");
        Trainings.add(workspace, "damaged", "model_path: model/damaged.safetensors\n");
        Trainings.add(workspace, "faulty", "rnk: 3\n");
        return workspace;
    }

    @Test
    void a_lora_whose_executor_is_killed_is_resumed_by_another_one_with_the_bytes_of_one_that_was_not() {
        LoraTraining quiet =
                Trainings.training("krnkmd", folder.resolve("quiet"), 60).build();
        try (TrainingEngine engine = TrainingEngine.open(OPTIONS)) {
            engine.train(quiet);
        }
        LoraTraining killed = quiet.toBuilder().output(folder.resolve("killed")).build();
        var killing = new KillingListener(killed.loraFile());

        List<TrainingOutcome> outcomes = batch().train(List.of(killed), 1, training -> killing);

        assertThat(outcomes).singleElement().isInstanceOf(TrainingOutcome.Trained.class);
        assertThat(killing.killed).as("the process that trained").isPresent();
        assertThat(killing.warnings).anyMatch(text -> text.contains("was lost; one on the host "));
        assertThat(killing.resumedAfter)
                .as("the iteration after which another one resumed")
                .isPositive();
        assertThat(killed.loraFile()).hasSameBinaryContentAs(quiet.loraFile());
    }

    /** Ends the process that trains once it has saved a state. */
    private static final class KillingListener implements TrainingListener {

        private final Path lockFile;
        private final List<String> warnings = new ArrayList<>();
        private Optional<ProcessHandle> killed = Optional.empty();
        private int resumedAfter;

        KillingListener(Path loraFile) {
            lockFile = loraFile.resolveSibling(".txt2lora-lock-" + loraFile.getFileName());
        }

        @Override
        public void onStateSaved(StateSaved event) {
            if (killed.isEmpty()) {
                killed = trainer();
                killed.ifPresent(ProcessHandle::destroyForcibly);
            }
        }

        /** Whoever claims the file says so in the lock file. */
        private Optional<ProcessHandle> trainer() {
            try {
                return ProcessHandle.of(
                        Long.parseLong(Files.readString(lockFile).split("-", 2)[0]));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void onStateRestored(StateRestored event) {
            resumedAfter = event.iteration();
        }

        @Override
        public void onWarning(TrainingWarning event) {
            warnings.add(event.message());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_model_that_one_node_lacks_fails_its_loras_there_with_host_and_path() throws IOException {
        // a path that leads into the working directory of whoever asks
        Path model = Path.of("/proc/self/cwd/only-here.safetensors");
        Path here = Path.of("only-here.safetensors");
        LoraTraining usual = Trainings.training("a", folder.resolve("usual"), 1).build();
        Files.copy(((ModelSource.SingleFile) usual.model()).path(), here);
        List<TrainingOutcome> outcomes;
        try {
            outcomes = batch().train(
                            List.of(
                                    Trainings.training("lacking", folder.resolve("lacking"), 1)
                                            .model(ModelSource.file(model))
                                            .build(),
                                    usual),
                            1,
                            training -> new TrainingListener() {});
        } finally {
            Files.delete(here);
        }

        assertThat(outcomes.get(0))
                .isInstanceOfSatisfying(
                        TrainingOutcome.Failed.class,
                        failed -> assertThat(failed.failure())
                                .hasMessageMatching("the host \\S+ has no model " + model
                                        + ", which the driver on \\S+ has; expected it"
                                        + " at this path on every node\\. Copy it there, or put it on the storage that all nodes share,"
                                        + " such as the folder model of the workspace"));
        assertThat(outcomes.get(1)).isInstanceOf(TrainingOutcome.Trained.class);
    }

    @Test
    void an_interrupt_suspends_what_is_trained_and_the_next_run_resumes_it() {
        LoraTraining training =
                Trainings.training("krnkmd", folder.resolve("out"), 60).build();
        Thread driver = Thread.currentThread();
        List<TrainingOutcome> first = batch().train(List.of(training), 1, one -> new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                driver.interrupt();
            }
        });
        assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        List<Integer> resumed = new ArrayList<>();

        List<TrainingOutcome> second = batch().train(List.of(training), 1, one -> new TrainingListener() {
            @Override
            public void onStateRestored(StateRestored event) {
                resumed.add(event.iteration());
            }
        });

        assertThat(first).containsExactly(new TrainingOutcome.Interrupted("krnkmd", true));
        assertThat(resumed).hasSize(1);
        assertThat(second).singleElement().isInstanceOf(TrainingOutcome.Trained.class);
    }

    private static SparkBatch batch() {
        return new SparkBatch(context, OPTIONS);
    }

    private static LoraOutcome.Finished finished(BatchResult result, String name) {
        return result.outcomes().stream()
                .filter(outcome -> outcome.name().equals(name))
                .map(LoraOutcome.Finished.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
