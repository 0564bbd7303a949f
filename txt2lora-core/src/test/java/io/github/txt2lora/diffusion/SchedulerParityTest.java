package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.golden.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
class SchedulerParityTest {

    private static final double TOLERANCE = 1e-5;

    /**
     * Four units in the last place of the sample before the step. From pure noise at sigma 4096 the reference subtracts
     * two nearly equal float32 numbers, so that these few units are all that its result has.
     */
    private static final double ROUNDING = 0x1p-21;

    private static JsonNode loops;
    private static SafetensorsFile tensors;
    private static NDManager engine;

    @BeforeAll
    static void open() throws IOException {
        Path folder = Golden.file("schedulers");
        assumeTrue(Files.isDirectory(folder), "no recorded schedulers");
        loops = new ObjectMapper().readTree(folder.resolve("loops.json").toFile());
        tensors = SafetensorsFile.open(folder.resolve("loops.safetensors"));
        System.setProperty("OPT_OUT_TRACKING", "true");
        engine = NDManager.newBaseManager("PyTorch");
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
            tensors.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> loops() {
        return loops.get("variants").properties().stream()
                .map(variant -> DynamicTest.dynamicTest(
                        variant.getKey(), () -> checkLoop(variant.getKey(), variant.getValue())));
    }

    private void checkLoop(String name, JsonNode variant) {
        int steps = loops.get("steps").intValue();
        SchedulerConfig config = RecordedScheduler.config(variant, steps);
        assertThat(config.noiseSchedule().alphasCumprod())
                .containsExactly(
                        floats("alphas_cumprod." + variant.get("alphas_cumprod").asText()), within(1e-6f));
        Scheduler scheduler = Scheduler.of(config);
        assertThat(scheduler.timesteps()).containsExactly(doubles(variant.get("timesteps")));
        if (variant.has("sigmas")) {
            double[] sigmas = doubles(variant.get("sigmas"));
            for (int i = 0; i < sigmas.length; i++) {
                assertThat(sigmas(config)[i]).isCloseTo(sigmas[i], within(1e-6 * sigmas[i]));
            }
            assertThat(sigmas(config)).hasSameSizeAs(sigmas);
        }
        double initNoiseSigma = variant.get("init_noise_sigma").doubleValue();
        assertThat(scheduler.initNoiseSigma()).isCloseTo(initNoiseSigma, within(1e-6 * initNoiseSigma));

        float[] noises = floats("noises");
        float[] recorded = floats(name + ".prev_samples");
        int size = noises.length / steps;
        Shape shape = shapeOf("initial");
        List<Integer> draws = new ArrayList<>();
        try (NDManager run = engine.newSubManager()) {
            NDArray sample = run.create(floats("initial"), shape).muli((float) scheduler.initNoiseSigma());
            for (int i = 0; i < steps; i++) {
                int step = i;
                float largest = sample.abs().max().getFloat();
                double rounding = Float.isFinite(largest) ? ROUNDING * largest : 0;
                NDArray output = scheduler
                        .scaleModelInput(sample, step)
                        .mul(0.1f)
                        .addi((float) (0.01 * scheduler.timesteps()[step] / 1000));
                NDArray previous = scheduler.step(output, step, sample, (manager, noiseShape) -> {
                    draws.add(step);
                    return manager.create(Arrays.copyOfRange(noises, step * size, (step + 1) * size), noiseShape);
                });
                float[] expected = Arrays.copyOfRange(recorded, step * size, (step + 1) * size);
                CloseTo.assertClose("step " + step, previous.toFloatArray(), expected, TOLERANCE, rounding);
                // From the recorded sample on, so that each step is held to its own rounding.
                sample = run.create(expected, shape);
            }
        }
        assertThat(draws).hasSize(variant.get("noise_draws").intValue()).doesNotHaveDuplicates();
    }

    @TestFactory
    Stream<DynamicTest> timesteps() throws IOException {
        Path file = Golden.file("schedulers/timesteps.json");
        assumeTrue(Files.exists(file), "no recorded timesteps");
        return new ObjectMapper()
                .readTree(file.toFile()).properties().stream()
                        .flatMap(variant -> variant.getValue().properties().stream()
                                .map(grid -> DynamicTest.dynamicTest(
                                        variant.getKey() + ", " + grid.getKey() + " steps",
                                        () -> checkTimesteps(
                                                variant.getKey(), Integer.parseInt(grid.getKey()), grid.getValue()))));
    }

    private void checkTimesteps(String name, int steps, JsonNode expected) {
        JsonNode variant = loops.get("variants").get(name);
        double[] timesteps =
                Scheduler.of(RecordedScheduler.config(variant, steps)).timesteps();
        if (expected.isArray()) {
            assertThat(timesteps).containsExactly(doubles(expected));
            return;
        }
        double[] first = doubles(expected.get("first"));
        double[] last = doubles(expected.get("last"));
        assertThat(timesteps)
                .hasSize(expected.get("length").intValue())
                .startsWith(first)
                .endsWith(last);
    }

    @Test
    void forward_process_at_a_noise_level() throws IOException {
        Path file = Golden.file("schedulers/forward.safetensors");
        assumeTrue(Files.exists(file), "no recorded forward process");
        try (SafetensorsFile forward = SafetensorsFile.open(file);
                NDManager run = engine.newSubManager()) {
            assumeTrue(forward.find("euler.timesteps").isPresent(), "no recorded noise levels");
            int steps = loops.get("steps").intValue();
            Scheduler euler = Scheduler.of(
                    SchedulerConfig.builder(SchedulerKind.EULER, steps).build());
            float[] timesteps = forward.tensor("euler.timesteps").toFloats();
            float[] expected = forward.tensor("euler.add_noise").toFloats();
            int size = expected.length / timesteps.length;
            for (int i = 0; i < timesteps.length; i++) {
                int step = i;
                double timestep = timesteps[i];
                assertThat(euler.timesteps()[step]).isEqualTo(timestep);
                NDArray original = run.create(part(forward, "sample", step, size));
                NDArray noise = run.create(part(forward, "noise", step, size));
                CloseTo.assertClose(
                        "step " + step,
                        euler.addNoise(original, noise, step).toFloatArray(),
                        Arrays.copyOfRange(expected, step * size, (step + 1) * size),
                        TOLERANCE);
            }
        }
    }

    private static float[] part(SafetensorsFile file, String tensor, int index, int size) {
        return Arrays.copyOfRange(file.tensor(tensor).toFloats(), index * size, (index + 1) * size);
    }

    private static float[] floats(String tensor) {
        return tensors.tensor(tensor).toFloats();
    }

    private static Shape shapeOf(String tensor) {
        return new Shape(tensors.tensor(tensor).shape());
    }

    private static double[] sigmas(SchedulerConfig config) {
        SigmaGrid grid = switch (config.kind()) {
            case LMS, EULER, EULER_ANCESTRAL -> SigmaGrid.fractional(config);
            case DPM_SOLVER_PLUS_PLUS, UNI_PC -> SigmaGrid.whole(config);
            case DDIM, DDPM -> throw new AssertionError(config.kind() + " has no noise levels");
        };
        return IntStream.rangeClosed(0, config.steps()).mapToDouble(grid::sigma).toArray();
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).doubleValue();
        }
        return values;
    }
}
