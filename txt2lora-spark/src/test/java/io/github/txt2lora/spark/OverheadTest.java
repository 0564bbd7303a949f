package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What tasks cost beside the trainings; docs/benchmarks.md has the figures that this prints. */
@Tag("cluster")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OverheadTest {

    private static final int TASKS = 100;

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
            print("application", begin);
            begin = System.nanoTime();
            assertThat(train(batch, "first", 1)).allMatch(TrainingOutcome.Trained.class::isInstance);
            print("executor, its engine and the first training", begin);
            begin = System.nanoTime();
            assertThat(train(batch, "cluster", TASKS)).allMatch(TrainingOutcome.Trained.class::isInstance);
            print(TASKS + " tasks with a training of one iteration", begin);
            printTrainingsOfOneEngine();
            printFinished(batch);
        } finally {
            context.stop();
        }
    }

    private List<TrainingOutcome> train(SparkBatch batch, String name, int tasks) {
        return batch.train(trainings(name, tasks), 1, training -> new TrainingListener() {});
    }

    private List<LoraTraining> trainings(String name, int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> Trainings.training("lora" + i, folder.resolve(name).resolve("lora" + i), 1)
                        .build())
                .toList();
    }

    private void printTrainingsOfOneEngine() {
        try (TrainingEngine engine = TrainingEngine.open(OPTIONS)) {
            trainings("warm", 1).forEach(engine::train);
            long begin = System.nanoTime();
            trainings("engine", TASKS).forEach(engine::train);
            print("the same trainings without Spark", begin);
        }
    }

    private void printFinished(SparkBatch batch) throws IOException {
        Workspace workspace = Trainings.workspace(folder.resolve("workspace"));
        for (int i = 0; i < TASKS; i++) {
            Trainings.add(workspace, "lora" + i, "");
        }
        batch.run(workspace, BatchOptions.everything());
        long begin = System.nanoTime();
        BatchResult again = batch.run(workspace, BatchOptions.everything());
        print(TASKS + " tasks whose LoRA is finished", begin);
        assertThat(again.counts()).isEqualTo("100 of 100 finished (100 of them earlier), 0 failed");
    }

    private static void print(String what, long begin) {
        System.out.printf("%s: %d ms%n", what, Duration.ofNanos(System.nanoTime() - begin).toMillis());
    }
}
