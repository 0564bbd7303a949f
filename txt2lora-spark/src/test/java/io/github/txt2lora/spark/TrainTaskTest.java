package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.internal.file.FileClaim;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task does, without Spark and on a fake engine. */
class TrainTaskTest {

    private static final int MOST_ATTEMPTS = 4;

    @TempDir
    Path folder;

    private Workspace workspace;
    private final List<EngineOptions> opened = new ArrayList<>();
    private final List<FakeTrainingEngine> engines = new ArrayList<>();
    private final ExecutorRoom room = new ExecutorRoom(
            options -> {
                opened.add(options);
                engines.add(FakeTrainingEngine.builder()
                        .script(TrainingScript.smooth().writesFiles(true))
                        .scriptFor(
                                "faulty", TrainingScript.smooth().failAt(2, new TrainingFailedException("loss is NaN")))
                        .build());
                return engines.get(engines.size() - 1);
            },
            () -> FakeLoraOperations.builder().build());

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder.resolve("workspace"));
        Files.writeString(workspace.modelFolder().resolve("tiny.safetensors"), "a model");
        for (String name : List.of("krnkmd", "tyankmk", "faulty")) {
            Trainings.add(workspace, name, "");
        }
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void trains_several_and_a_failure_ends_no_other() throws Exception {
        Map<String, Object> outcomes = train(attempt(0), order("krnkmd", "faulty", "tyankmk"));

        assertThat(outcomes.get("krnkmd")).isInstanceOf(LoraOutcome.Finished.class);
        assertThat(outcomes.get("tyankmk")).isInstanceOf(LoraOutcome.Finished.class);
        assertThat(failure(outcomes.get("faulty"))).isEqualTo("on the host node1: loss is NaN");
        assertThat(workspace.loraFolder("krnkmd")).isDirectoryContaining("glob:**/krnkmd.json");
        assertThat(workspace.loraFolder().resolve("report.html"))
                .as("is the driver's to write")
                .doesNotExist();
    }

    @Test
    void keeps_its_engine_for_the_next_task() throws Exception {
        train(attempt(0), order("krnkmd"));
        train(attempt(0), order("tyankmk"));

        assertThat(opened).hasSize(1);
        assertThat(engines.get(0).trainings()).extracting(LoraTraining::name).containsExactly("krnkmd", "tyankmk");
    }

    @Test
    void has_an_engine_for_each_gpu_and_closes_them_all_in_the_end() throws Exception {
        train(attempt(0, "0"), order("krnkmd"));
        train(attempt(0, "1"), order("tyankmk"));
        room.close();

        assertThat(opened).extracting(EngineOptions::device).containsExactly(Device.cuda(0), Device.cuda(1));
        assertThat(engines).allMatch(FakeTrainingEngine::isClosed);
    }

    @Test
    void an_engine_with_other_options_takes_the_place_of_one_that_nobody_uses() throws Exception {
        train(attempt(0), order("krnkmd"));
        Terms others = new Terms(
                "next run", EngineOptions.builder().threads(2).build(), MOST_ATTEMPTS, "node0", false, terms().batch());
        TrainTask.train(others, order("tyankmk"), attempt(0), room);

        assertThat(engines).extracting(FakeTrainingEngine::isClosed).containsExactly(true, false);
    }

    @Test
    void a_model_that_only_the_driver_has_is_said_with_host_and_path() throws Exception {
        Path elsewhere = folder.resolve("elsewhere.safetensors");
        Order order = new Order(List.of(
                new Order.Part("krnkmd", List.of(elsewhere), Optional.empty()),
                new Order.Part("tyankmk", List.of(), Optional.empty())));

        Map<String, Object> outcomes = train(attempt(0), order);

        assertThat(failure(outcomes.get("krnkmd")))
                .isEqualTo("the host node1 has no model " + elsewhere
                        + ", which the driver on node0 has; expected it at this path on every node. Copy it there, or put"
                        + " it on the storage that all nodes share, such as the folder model of the workspace");
        assertThat(outcomes.get("tyankmk")).isInstanceOf(LoraOutcome.Finished.class);
    }

    @Test
    void a_model_that_nobody_has_is_said_with_the_host() throws Exception {
        Trainings.add(workspace, "krnkmd", "model_name: nowhere\n");

        assertThat(failure(train(attempt(0), order("krnkmd")).get("krnkmd")))
                .startsWith("on the host node1: ")
                .contains("nowhere")
                .contains("put the model there");
    }

    @Test
    void a_workspace_that_the_host_does_not_see_is_said_with_host_and_path() throws Exception {
        Path missing = folder.resolve("not mounted");
        Terms terms = new Terms(
                "run",
                EngineOptions.builder().build(),
                MOST_ATTEMPTS,
                "node0",
                false,
                Optional.of(new BatchTerms(missing, Map.of(), false, false, 1)));

        Map<String, Object> outcomes = TrainTask.train(terms, order("krnkmd"), attempt(0), room);

        assertThat(failure(outcomes.get("krnkmd")))
                .contains("the host node1 has no folder " + missing)
                .contains("Mount the storage");
        assertThat(opened).isEmpty();
    }

    @Test
    void what_lost_its_executor_too_often_fails_but_not_what_was_finished() throws Exception {
        train(attempt(0), order("krnkmd"));

        Map<String, Object> outcomes = train(attempt(MOST_ATTEMPTS - 1), order("krnkmd", "tyankmk"));

        assertThat(outcomes.get("krnkmd")).isInstanceOf(LoraOutcome.Skipped.class);
        assertThat(failure(outcomes.get("tyankmk")))
                .startsWith("on the host node1: its executor was lost 3 times, and spark.task.maxFailures is 4");
    }

    @Test
    void a_single_attempt_is_made() throws Exception {
        Attempt only = new Attempt(0, 1, "node1", Map.of(), () -> false);

        assertThat(TrainTask.train(terms(), order("krnkmd"), only, room).get("krnkmd"))
                .isInstanceOf(LoraOutcome.Finished.class);
    }

    @Test
    void a_forced_training_that_lost_its_executor_is_not_begun_anew() throws Exception {
        train(attempt(0), order("krnkmd"));
        Terms forced = forced();

        TrainTask.train(forced, order("krnkmd"), attempt(0), room);
        Files.delete(workspace.loraFolder("krnkmd").resolve("krnkmd.json")); // as a training does when it begins
        TrainTask.train(forced, order("krnkmd"), attempt(1), room);

        assertThat(engines.get(0).trainings())
                .extracting(
                        training -> training.spec().saving().states().resume().name())
                .containsExactly("IF_SAME", "NEVER", "IF_SAME");
    }

    private Terms forced() {
        return new Terms(
                "run",
                EngineOptions.builder().build(),
                MOST_ATTEMPTS,
                "node0",
                false,
                Optional.of(new BatchTerms(workspace.folder(), Map.of(), true, false, 1)));
    }

    @Test
    void an_executor_that_ends_hands_its_task_on() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> train(attempt(0), order("krnkmd")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the executor on node1 ends; another one goes on");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void a_task_that_is_killed_says_that_it_was_interrupted() throws Exception {
        Attempt killed = new Attempt(0, MOST_ATTEMPTS, "node1", Map.of(), () -> true);
        Thread.currentThread().interrupt();
        try {
            assertThat(TrainTask.train(terms(), order("krnkmd"), killed, room))
                    .containsExactly(Map.entry("krnkmd", new LoraOutcome.Interrupted("krnkmd", false)));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void trains_what_belongs_to_no_workspace() throws Exception {
        Map<String, Object> outcomes =
                TrainTask.train(noWorkspace(), trainings("krnkmd", "faulty", "tyankmk"), attempt(0), room);

        assertThat(outcomes.get("0")).isInstanceOf(TrainingOutcome.Trained.class);
        assertThat(outcomes.get("1"))
                .isInstanceOfSatisfying(
                        TrainingOutcome.Failed.class,
                        failed -> assertThat(failed.failure())
                                .isInstanceOf(TrainingFailedException.class)
                                .hasMessage("on the host node1: loss is NaN"));
        assertThat(outcomes.get("2")).isInstanceOf(TrainingOutcome.Trained.class);
    }

    @Test
    void a_training_that_cannot_start_keeps_no_other_from_it() throws Exception {
        var refusing = new ExecutorRoom(
                options -> refusing("krnkmd"),
                () -> FakeLoraOperations.builder().build());

        Map<String, Object> outcomes =
                TrainTask.train(noWorkspace(), trainings("krnkmd", "tyankmk"), attempt(0), refusing);

        assertThat(outcomes.get("0"))
                .isInstanceOfSatisfying(
                        TrainingOutcome.Failed.class,
                        failed -> assertThat(failed.failure()).hasMessage("on the host node1: its file is taken"));
        assertThat(outcomes.get("1")).isInstanceOf(TrainingOutcome.Trained.class);
        refusing.close();
    }

    /** A fake engine that starts no training of a name. */
    private static TrainingEngine refusing(String name) {
        FakeTrainingEngine engine = FakeTrainingEngine.builder().build();
        return (TrainingEngine) Proxy.newProxyInstance(
                TrainTaskTest.class.getClassLoader(), new Class<?>[] {TrainingEngine.class}, (proxy, method, args) -> {
                    if (method.getName().equals("startTogether")
                            && ((List<?>) args[0])
                                    .stream()
                                            .anyMatch(one ->
                                                    ((LoraTraining) one).name().equals(name))) {
                        throw new StorageException("its file is taken");
                    }
                    return method.invoke(engine, args);
                });
    }

    @Test
    void waits_until_a_process_that_was_taken_for_lost_has_ended() throws Exception {
        Path file = folder.resolve("krnkmd.safetensors");
        FileClaim claim = FileClaim.take(file, "a training", warning -> {});
        List<String> told = new ArrayList<>();

        FreeFiles.await(List.of(folder.resolve("other"), file), Duration.ofMillis(1), text -> {
            told.add(text);
            claim.close();
        });

        assertThat(told).singleElement().asString().startsWith(file + " is still claimed");
    }

    private Map<String, Object> train(Attempt attempt, Order order) {
        return TrainTask.train(terms(), order, attempt, room);
    }

    private Terms terms() {
        return new Terms(
                "run",
                EngineOptions.builder().build(),
                MOST_ATTEMPTS,
                "node0",
                false,
                Optional.of(new BatchTerms(workspace.folder(), Map.of(), false, false, 2)));
    }

    private Terms noWorkspace() {
        return new Terms("run", EngineOptions.builder().build(), MOST_ATTEMPTS, "node0", false, Optional.empty());
    }

    private static Attempt attempt(int number, String... gpus) {
        return new Attempt(
                number,
                MOST_ATTEMPTS,
                "node1",
                gpus.length == 0 ? Map.of() : Map.of("gpu", new ResourceInformation("gpu", gpus)),
                () -> false);
    }

    private static Order order(String... names) {
        return new Order(Stream.of(names)
                .map(name -> new Order.Part(name, List.of(), Optional.empty()))
                .toList());
    }

    private Order trainings(String... names) {
        List<Order.Part> parts = new ArrayList<>();
        for (String name : names) {
            LoraTraining training =
                    Trainings.training(name, folder.resolve(name), 3).build();
            parts.add(new Order.Part(String.valueOf(parts.size()), List.of(), Optional.of(training)));
        }
        return new Order(parts);
    }

    private static String failure(Object outcome) {
        return ((LoraOutcome.Failed) outcome).failure().getMessage();
    }
}
