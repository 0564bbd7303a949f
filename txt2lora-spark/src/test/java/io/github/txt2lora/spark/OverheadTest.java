package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What tasks cost beside the trainings; docs/benchmarks.md has the figures that this prints. */
@Tag("cluster")
@EnabledOnOs(OS.LINUX)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OverheadTest {

    private static final int TASKS = 200;
    private static final int LORAS = 20;

    private static final EngineOptions OPTIONS =
            EngineOptions.builder().threads(1).build();

    @TempDir
    Path folder;

    @Test
    void many_short_tasks_are_all_done() throws IOException {
        long begin = System.nanoTime();
        SparkContext context = TestCluster.start(1);
        try {
            SparkBatch batch = new SparkBatch(context, OPTIONS);
            print("the application starts", begin);
            begin = System.nanoTime();
            assertThat(batch.train(trainings(1, UnaryOperator.identity()), 1, one -> new TrainingListener() {}))
                    .allMatch(TrainingOutcome.Trained.class::isInstance);
            print("an executor and its engine start, and train one iteration", begin);
            printTasksWithoutTraining(batch);
            printFinished(batch);
        } finally {
            context.stop();
        }
    }

    /** Of a model that the executor does not have. */
    private void printTasksWithoutTraining(SparkBatch batch) throws IOException {
        Path here = Files.createFile(Path.of("only-the-driver-has-it"));
        try {
            Path model = Path.of("/proc/self/cwd").resolve(here);
            List<LoraTraining> trainings = trainings(
                    TASKS,
                    training ->
                            training.toBuilder().model(ModelSource.file(model)).build());
            long begin = System.nanoTime();
            assertThat(batch.train(trainings, 1, one -> new TrainingListener() {}))
                    .hasSize(TASKS)
                    .allMatch(TrainingOutcome.Failed.class::isInstance);
            print(TASKS + " tasks that train nothing", begin);
        } finally {
            Files.delete(here);
        }
    }

    private List<LoraTraining> trainings(int number, UnaryOperator<LoraTraining> change) {
        return IntStream.range(0, number)
                .mapToObj(i -> change.apply(Trainings.training("lora" + i, folder.resolve("lora" + i), 1)
                        .build()))
                .toList();
    }

    private void printFinished(SparkBatch batch) throws IOException {
        Workspace workspace = Trainings.workspace(folder.resolve("workspace"));
        for (int i = 0; i < LORAS; i++) {
            Trainings.add(workspace, "lora" + i, "");
        }
        batch.run(workspace, BatchOptions.everything());
        long begin = System.nanoTime();
        BatchResult again = batch.run(workspace, BatchOptions.everything());
        print(LORAS + " tasks whose LoRA is finished, and the report", begin);
        assertThat(again.outcomes()).hasSize(LORAS).allMatch(LoraOutcome.Skipped.class::isInstance);
    }

    private static void print(String what, long begin) {
        System.out.printf(
                "%s: %d ms%n", what, Duration.ofNanos(System.nanoTime() - begin).toMillis());
    }
}
