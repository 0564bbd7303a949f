package io.github.txt2lora.engine;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.testing.EventLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that share the calls of the network. */
@Timeout(120)
class TogetherTest {

    private static final int ITERATIONS = 3;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    /**
     * AdamW would make a step of a gradient that is nothing but rounding, and at timestep 500 the tiny model makes a large
     * gradient of it.
     */
    private static TrainingSpec.Builder spec() {
        return Tiny.spec(ITERATIONS)
                .method(Tiny.keeping(new LatentSource.Noise(4, 700)))
                .lora(LoraSpec.builder().build())
                .optimizer(OptimizerSpec.sgd())
                .learningRate(0.01);
    }

    private LoraTraining training(String name, TrainingSpec.Builder spec, PromptPair pair) {
        return LoraTraining.builder()
                .name(name)
                .model(Tiny.training(folder, 1).model())
                .prompt(pair)
                .spec(spec.build())
                .output(folder)
                .build();
    }

    private LoraTraining training(String name, TrainingSpec.Builder spec) {
        return training(name, spec, Tiny.prompt(name));
    }

    private static Map<String, float[]> numbers(Path lora) {
        Map<String, float[]> numbers = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(lora)) {
            file.tensors().forEach(tensor -> numbers.put(tensor.name(), tensor.toFloats()));
        }
        return numbers;
    }

    private void assertSameAsAlone(TrainedLora together, LoraTraining training) {
        LoraTraining elsewhere =
                training.toBuilder().output(folder.resolve("alone")).build();
        TrainedLora alone = engine.train(elsewhere);
        assertThat(together.losses()).hasSameSizeAs(alone.losses());
        for (int i = 0; i < alone.losses().size(); i++) {
            double loss = alone.losses().get(i);
            assertThat(together.losses().get(i)).isCloseTo(loss, within(1e-4 * loss + 1e-9));
        }
        Map<String, float[]> expected = numbers(alone.file());
        Map<String, float[]> found = numbers(together.file());
        assertThat(found).hasSameSizeAs(expected);
        expected.forEach(
                (name, values) -> assertThatTensor(found.get(name)).as(name).isCloseTo(values, 1e-5, 1));
    }

    private static void awaitEnd(TrainingJob job) throws InterruptedException {
        try {
            job.await();
        } catch (TrainingCancelledException | TrainingFailedException | StorageException e) {
            // it has ended
        }
    }

    @Test
    void loras_with_ranks_by_block_are_trained_together_and_become_what_they_become_alone() throws Exception {
        LoraSpec ranks = LoraSpec.builder()
                .target(LoraTarget.FULL)
                .rank(LoraTarget.names("mid_block"), 8)
                .rank(LoraTarget.layers("attn1"), 0)
                .build();
        List<LoraTraining> trainings = List.of(
                training("krnkmd", spec().lora(ranks)),
                training("tyankmk", spec().lora(ranks)),
                training("abc", spec().lora(LoraSpec.builder().build())));

        List<TrainingJob> jobs = engine.startTogether(trainings, training -> new EventLog());

        for (int i = 0; i < jobs.size(); i++) {
            assertSameAsAlone(jobs.get(i).await(), trainings.get(i));
        }
    }

    @Test
    void each_becomes_what_it_becomes_alone() throws Exception {
        List<LoraTraining> trainings = List.of(
                training("krnkmd", spec()), training("tyankmk", spec().seed(2)), training("abc", spec().seed(3)));
        var logs = new TreeMap<String, EventLog>();

        List<TrainingJob> jobs = engine.startTogether(
                trainings, training -> logs.computeIfAbsent(training.name(), name -> new EventLog()));

        for (int i = 0; i < jobs.size(); i++) {
            TrainedLora lora = jobs.get(i).await();
            assertThat(jobs.get(i).training()).isSameAs(trainings.get(i));
            assertThat(jobs.get(i).state()).isEqualTo(JobState.FINISHED);
            assertSameAsAlone(lora, trainings.get(i));
        }
        EventLog log = logs.get("tyankmk");
        log.await(TrainingFinished.class);
        assertThat(log.names()).startsWith("TrainingStarted", "ModelLoaded").endsWith("LoraSaved", "TrainingFinished");
        assertThat(log.events(IterationFinished.class))
                .last()
                .extracting(IterationFinished::iteration)
                .isEqualTo(ITERATIONS);
    }

    @Test
    void pictures_of_different_sizes_and_lengths_of_training_do_not_matter() throws Exception {
        PromptPair larger = Tiny.prompt("tyankmk").toBuilder().resolution(128).build();
        PromptPair more = Tiny.prompt("abc").toBuilder().batchSize(2).build();
        List<LoraTraining> trainings = List.of(
                training("krnkmd", spec()),
                training("tyankmk", spec().iterations(1), larger),
                training("abc", spec().iterations(2), more));

        List<TrainingJob> jobs = engine.startTogether(trainings);

        for (int i = 0; i < jobs.size(); i++) {
            assertSameAsAlone(jobs.get(i).await(), trainings.get(i));
        }
    }

    @Test
    void leco_s_exact_method_can_be_shared_too() throws Exception {
        TrainingSpec.Builder leco =
                Tiny.spec(2).optimizer(OptimizerSpec.sgd()).learningRate(0.01).gradientAccumulationSteps(2);
        List<LoraTraining> trainings = List.of(training("krnkmd", leco), training("tyankmk", leco));

        List<TrainingJob> jobs = engine.startTogether(trainings);

        for (int i = 0; i < jobs.size(); i++) {
            assertSameAsAlone(jobs.get(i).await(), trainings.get(i));
        }
    }

    @Test
    void work_is_counted_for_each() throws Exception {
        TrainingSpec.Builder spec = spec().stopping(stopping -> stopping.withMeasureQuality(true))
                .saving(saving -> saving.withStates(StateSpec.defaults().withResume(Resume.NEVER)));
        List<LoraTraining> trainings = List.of(training("krnkmd", spec), training("tyankmk", spec));
        engine.reopen(); // where nothing is kept yet
        List<TrainingJob> jobs = engine.startTogether(trainings);
        long first = jobs.get(0).await().unetSamples();
        long second = jobs.get(1).await().unetSamples();
        engine.reopen();

        long aloneFirst = engine.train(trainings.get(0)).unetSamples();
        long aloneSecond = engine.train(trainings.get(1)).unetSamples();

        assertThat(first + second).isEqualTo(aloneFirst + aloneSecond);
        assertThat(second).isPositive();
    }

    @Test
    void one_that_ends_early_by_its_rule_leaves_the_others_alone() throws Exception {
        TrainingSpec.Builder easy = spec().stopping(stopping -> stopping.withMeasureQuality(true)
                .withRule(StopRule.gapBelow(1.5).withEveryIterations(1)));
        List<LoraTraining> trainings = List.of(training("krnkmd", easy), training("tyankmk", spec()));

        List<TrainingJob> jobs = engine.startTogether(trainings);

        assertThat(jobs.get(0).await().iterations()).isEqualTo(1);
        assertSameAsAlone(jobs.get(0).await(), trainings.get(0));
        assertSameAsAlone(jobs.get(1).await(), trainings.get(1));
    }

    @Test
    void one_whose_numbers_go_wrong_fails_alone() throws Exception {
        List<LoraTraining> trainings =
                List.of(training("krnkmd", spec().learningRate(1e30)), training("tyankmk", spec()));

        List<TrainingJob> jobs = engine.startTogether(trainings);

        assertThatThrownBy(jobs.get(0)::await)
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("expected finite numbers");
        assertThat(folder.resolve("krnkmd.safetensors")).doesNotExist();
        assertSameAsAlone(jobs.get(1).await(), trainings.get(1));
    }

    @Test
    void one_that_cannot_begin_fails_alone() throws Exception {
        List<LoraTraining> trainings = List.of(training("krnkmd", spec()), training("tyankmk", spec().seed(2)));
        Path obstacle = Files.createDirectories(trainings.get(1).loraFile());

        List<TrainingJob> jobs = engine.startTogether(trainings);

        assertThatThrownBy(jobs.get(1)::await)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(obstacle.toString());
        assertSameAsAlone(jobs.get(0).await(), trainings.get(0));
    }

    @Test
    void one_that_is_cancelled_leaves_the_others_alone() throws Exception {
        List<LoraTraining> trainings =
                List.of(training("krnkmd", spec().iterations(Integer.MAX_VALUE)), training("tyankmk", spec()));
        var begun = new CountDownLatch(2);
        TrainingListener counting = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                begun.countDown();
            }
        };

        List<TrainingJob> jobs = engine.startTogether(trainings, training -> counting);
        begun.await();
        jobs.get(0).cancel(CancelMode.KEEP);

        assertThat(jobs.get(0).await().iterations()).isPositive();
        assertThat(jobs.get(0).state()).isEqualTo(JobState.CANCELLED);
        assertThat(folder.resolve("krnkmd.safetensors")).isRegularFile();
        assertSameAsAlone(jobs.get(1).await(), trainings.get(1));
    }

    @Test
    void trainings_that_were_suspended_go_on_together() throws Exception {
        TrainingSpec.Builder kept =
                spec().iterations(5).saving(saving -> saving.withStates(StateSpec.everyIterations(2)));
        List<LoraTraining> trainings = List.of(training("krnkmd", kept), training("tyankmk", kept));
        List<TrainingJob> jobs = engine.startTogether(trainings, training -> new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                if (event.iteration() == 3) {
                    engine.close();
                }
            }
        });
        for (TrainingJob job : jobs) {
            awaitEnd(job);
        }
        engine.reopen();
        var log = new EventLog();

        jobs = engine.startTogether(trainings, training -> log);

        for (int i = 0; i < jobs.size(); i++) {
            assertSameAsAlone(jobs.get(i).await(), trainings.get(i));
        }
        assertThat(log.events(StateRestored.class)).isNotEmpty();
    }

    @Test
    void what_cannot_be_shared_is_trained_one_after_another() throws Exception {
        TrainingSpec.Builder other = spec().lora(LoraSpec.builder().rank(2).build());
        List<LoraTraining> trainings = List.of(training("krnkmd", spec()), training("tyankmk", other));
        var log = new EventLog();

        List<TrainingJob> jobs = engine.startTogether(trainings, training -> log);

        for (int i = 0; i < jobs.size(); i++) {
            assertSameAsAlone(jobs.get(i).await(), trainings.get(i));
        }
        engine.reopen(); // after which all events were delivered
        assertThat(log.names().indexOf("TrainingFinished"))
                .isLessThan(log.names().lastIndexOf("TrainingStarted"));
    }

    @Test
    void none_is_none() {
        assertThat(engine.startTogether(List.of())).isEmpty();
    }

    @Test
    void native_memory_is_free_after_them() throws Exception {
        List<TrainingJob> jobs = engine.startTogether(List.of(
                training("krnkmd", spec()),
                training("tyankmk", spec().learningRate(1e30)),
                training("abc", spec().iterations(2))));
        for (TrainingJob job : jobs) {
            awaitEnd(job);
        }
        engine.train(training("last", spec()));
        var used = engine.nativeUse();

        jobs = engine.startTogether(List.of(training("krnkmd", spec()), training("tyankmk", spec())));
        for (TrainingJob job : jobs) {
            awaitEnd(job);
        }

        assertThat(engine.nativeUse()).isEqualTo(used);
    }
}
