package io.github.txt2lora.engine;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.ops.LoraConversion;
import io.github.txt2lora.ops.LoraNaming;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.testing.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trainings that go on from a LoRA. */
@Timeout(120)
class StartFromLoraTest {

    private static final int ITERATIONS = 6;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private Path parent;

    private static TrainingSpec.Builder spec(int iterations) {
        return Tiny.spec(iterations)
                .method(Tiny.keeping(new LatentSource.Noise(4, 700)))
                .learningRate(1e-3)
                .lora(LoraSpec.builder().rank(2).build());
    }

    @BeforeEach
    void trainParent() {
        parent = engine.train(Tiny.training(folder.resolve("parent"), spec(4).learningRate(0.02))
                        .name("parent")
                        .build())
                .file();
    }

    private static TrainingSpec.Builder from(Path file, int iterations) {
        return spec(iterations).method(method -> method.withStart(LoraStart.from(file)));
    }

    private TrainedLora train(TrainingSpec.Builder spec) {
        return engine.train(Tiny.training(folder, spec).build());
    }

    private static Map<String, float[]> numbers(Path lora) {
        Map<String, float[]> numbers = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(lora)) {
            file.tensors().forEach(tensor -> numbers.put(tensor.name(), tensor.toFloats()));
        }
        return numbers;
    }

    @Test
    void without_iterations_it_is_the_same_lora() {
        TrainedLora lora = train(from(parent, 0));

        assertThat(lora.iterations()).isZero();
        Map<String, float[]> expected = numbers(parent);
        numbers(lora.file())
                .forEach((name, values) -> assertThatTensor(values).as(name).isCloseTo(expected.get(name), 0, 1));
        assertThat(lora.warnings()).isEmpty();
    }

    @Test
    void neither_gap_nor_drift_jumps() {
        TrainedLora before = engine.train(Tiny.training(
                        folder.resolve("measured"),
                        spec(4).learningRate(0.02).stopping(stopping -> stopping.withMeasureQuality(true)))
                .build());

        TrainedLora padded = train(from(before.file(), 1)
                .learningRate(1e-9)
                .lora(LoraSpec.builder().rank(4).alpha(3).build())
                .stopping(stopping -> stopping.withMeasureQuality(true)));

        double gap = before.quality().orElseThrow().gap();
        assertThat(gap).isNotCloseTo(1, within(1e-3));
        assertThat(padded.quality().orElseThrow().gap()).isCloseTo(gap, within(1e-3 * gap));
        assertThat(padded.quality().orElseThrow().driftAtStart())
                .isCloseTo(before.quality().orElseThrow().drift(), within(1e-4));
    }

    @Test
    void it_learns_further_with_a_rate_of_its_own() {
        TrainedLora lora = train(from(parent, ITERATIONS).learningRate(OptionalDouble.empty()));

        double rate = Double.parseDouble(lora.metadata().get("ss_learning_rate"));
        double fresh = Double.parseDouble(
                engine.train(Tiny.training(folder.resolve("fresh"), spec(1).learningRate(OptionalDouble.empty()))
                                .build())
                        .metadata()
                        .get("ss_learning_rate"));
        assertThat(rate).isPositive().isLessThan(2 * fresh);
        Map<String, float[]> before = numbers(parent);
        assertThat(numbers(lora.file()).entrySet())
                .anyMatch(tensor ->
                        tensor.getKey().contains("lora_down") && tensor.getValue()[0] != before.get(tensor.getKey())[0])
                .anyMatch(tensor ->
                        tensor.getKey().contains("lora_up") && tensor.getValue()[0] != before.get(tensor.getKey())[0]);
    }

    @Test
    void a_file_in_the_naming_of_diffusers_starts_the_same_training() throws IOException {
        Path converted = folder.resolve("diffusers.safetensors");
        try (LoraOperations operations = LoraOperations.open()) {
            operations.convert(parent, converted, LoraConversion.to(Precision.FP32, LoraNaming.DIFFUSERS));
        }

        Path kohya = train(from(parent, 2)).file();
        Path diffusers = engine.train(Tiny.training(folder.resolve("other"), from(converted, 2))
                        .build())
                .file();

        Map<String, float[]> expected = numbers(kohya);
        numbers(diffusers)
                .forEach((name, values) -> assertThatTensor(values).as(name).isCloseTo(expected.get(name), 1e-5, 1));
    }

    @Test
    void metadata_tell_the_ancestry() {
        Path child = engine.train(Tiny.training(folder.resolve("child"), from(parent, 1))
                        .name("child")
                        .build())
                .file();
        TrainedLora grandchild = train(from(child, 1));

        String expected = ancestor("child", child) + "," + ancestor("parent", parent);
        assertThat(grandchild.metadata())
                .containsEntry("txt2lora.ancestry", "[" + expected + "]")
                .containsEntry(
                        "ss_training_comment", "LECO: trained from prompts alone, starting from child.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(parent)) {
            assertThat(file.metadata()).doesNotContainKey("txt2lora.ancestry");
        }
    }

    private static String ancestor(String name, Path file) {
        try (SafetensorsFile lora = SafetensorsFile.open(file)) {
            return "{\"file\":\"" + name + ".safetensors\",\"sshs_model_hash\":\""
                    + lora.metadata().get("sshs_model_hash") + "\"}";
        }
    }

    private void interrupt(LoraTraining training) throws InterruptedException {
        var job = new AtomicReference<TrainingJob>();
        var stop = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                if (event.iteration() >= 3) {
                    job.get().cancel(CancelMode.SUSPEND);
                }
            }
        };
        var hold = new Held(engine, folder.resolve("hold"));
        job.set(engine.start(training, stop));
        hold.release();
        try {
            job.get().await();
        } catch (TrainingCancelledException e) {
            // its state is there
        }
    }

    @ParameterizedTest
    @EnumSource(Ranks.class)
    void an_interrupted_training_goes_on_to_the_same_bytes(Ranks target) throws Exception {
        LoraTraining training = Tiny.training(
                        folder,
                        from(parent, ITERATIONS)
                                .lora(LoraSpec.builder()
                                        .rank(target == Ranks.SMALLER ? 1 : 3)
                                        .build())
                                .learningRate(OptionalDouble.empty())
                                .optimizer(OptimizerSpec.adamW())
                                .stopping(stopping -> stopping.withRule(
                                        StopRule.noBetterFor(100).withEveryIterations(2)))
                                .saving(saving -> saving.withStates(StateSpec.everyIterations(1))))
                .build();
        byte[] expected = Files.readAllBytes(engine.train(
                        training.toBuilder().output(folder.resolve("whole")).build())
                .file());
        interrupt(training);
        var log = new EventLog();
        // the content counts, not the place
        Path moved = Files.move(parent, folder.resolve("parent.safetensors"));

        TrainedLora lora = engine.train(
                training.toBuilder()
                        .spec(training.spec().toBuilder()
                                .method(method -> method.withStart(LoraStart.from(moved)))
                                .build())
                        .build(),
                log);

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(Files.readAllBytes(lora.file())).isEqualTo(expected);
    }

    /** Ranks next to that of the file. */
    private enum Ranks {
        SMALLER,
        LARGER
    }

    @Test
    void a_state_of_another_start_is_not_gone_on_with() throws Exception {
        LoraTraining training = Tiny.training(
                        folder,
                        from(parent, ITERATIONS).saving(saving -> saving.withStates(StateSpec.everyIterations(1))))
                .build();
        interrupt(training);
        Files.copy(
                engine.train(Tiny.training(folder.resolve("b"), spec(1)).build())
                        .file(),
                parent,
                StandardCopyOption.REPLACE_EXISTING);

        assertThat(engine.train(training).warnings())
                .anySatisfy(warning -> assertThat(warning)
                        .containsPattern("is of another training: start is [0-9a-f]{64}, was [0-9a-f]{64}\\. "));
    }

    @Test
    void trainings_from_different_loras_share_calls_where_they_have_the_same_layers() throws Exception {
        Path other = engine.train(Tiny.training(
                                folder.resolve("b"),
                                spec(2).lora(LoraSpec.builder()
                                        .rank(2)
                                        .target(LoraTarget.FULL)
                                        .build()))
                        .build())
                .file();
        List<LoraTraining> trainings = List.of(
                together("one", parent, LoraTarget.XATTN),
                together("two", other, LoraTarget.XATTN),
                together("three", parent, LoraTarget.AUTO),
                together("four", other, LoraTarget.AUTO));

        List<TrainingJob> jobs = engine.startTogether(trainings, training -> new EventLog());

        for (int i = 0; i < jobs.size(); i++) {
            Map<String, float[]> found = numbers(jobs.get(i).await().file());
            Map<String, float[]> alone = numbers(engine.train(trainings.get(i).toBuilder()
                            .output(folder.resolve("alone"))
                            .build())
                    .file());
            assertThat(found.keySet()).isEqualTo(alone.keySet());
            alone.forEach(
                    (name, values) -> assertThatTensor(found.get(name)).as(name).isCloseTo(values, 1e-5, 1));
        }
        assertThat(numbers(trainings.get(3).loraFile()))
                .hasSizeGreaterThan(numbers(trainings.get(2).loraFile()).size());
    }

    private LoraTraining together(String name, Path start, LoraTarget target) {
        return Tiny.training(
                        folder,
                        from(start, 2)
                                .optimizer(OptimizerSpec.sgd())
                                .lora(LoraSpec.builder().rank(2).target(target).build()))
                .name(name)
                .build();
    }

    @Test
    void a_training_that_would_write_its_start_is_refused() throws IOException {
        assertThatThrownBy(() -> Tiny.training(folder.resolve("parent"), from(parent, 1))
                        .name("parent")
                        .build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("start is ", "parent.safetensors", "expected another file");
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), parent);
        assertThatThrownBy(() -> engine.train(Tiny.training(folder.resolve("parent"), from(link, 1))
                        .name("parent")
                        .build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("start is ", "link.safetensors", "writes itself as");
        Path onTheWay = Files.copy(parent, folder.resolve("krnkmd_2steps.safetensors"));
        assertThatThrownBy(() -> train(from(onTheWay, 4).saving(saving -> saving.withEveryIterations(2))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("krnkmd_2steps.safetensors", "writes itself");
        assertThat(parent).isRegularFile();
    }

    @Test
    void a_file_that_is_no_whole_lora_is_refused_by_estimate_and_training() throws IOException {
        Path missing = folder.resolve("missing.safetensors");
        byte[] bytes = Files.readAllBytes(parent);
        Path truncated = Files.write(folder.resolve("truncated.safetensors"), Arrays.copyOf(bytes, bytes.length - 9));
        Path model = Tiny.modelFile();

        for (Path file : List.of(missing, truncated, model)) {
            LoraTraining training = Tiny.training(folder, from(file, 1)).build();
            assertThatThrownBy(() -> engine.train(training))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(file.toString());
            assertThatThrownBy(() -> engine.estimate(training, 1))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(file.toString());
        }
    }
}
