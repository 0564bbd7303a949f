package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.golden.Golden;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
class NoiseScheduleParityTest {

    private static final double TOLERANCE = 1e-5;
    private static final Pattern MIN_SNR = Pattern.compile("min_snr_([0-9.]+)\\.(epsilon|v_prediction)");

    private static final NoiseSchedule SCHEDULE = NoiseSchedule.stableDiffusion();

    private static SafetensorsFile recorded;
    private static NDManager engine;
    private static int[] timesteps;

    @BeforeAll
    static void open() {
        Path file = Golden.file("schedulers/forward.safetensors");
        assumeTrue(Files.exists(file), "no recorded forward process");
        recorded = SafetensorsFile.open(file);
        LongBuffer values = recorded.tensor("timesteps").bytes().asLongBuffer();
        timesteps = new int[values.remaining()];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = Math.toIntExact(values.get(i));
        }
        System.setProperty("OPT_OUT_TRACKING", "true");
        engine = NDManager.newBaseManager("PyTorch");
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
            recorded.close();
        }
    }

    @Test
    void noise_is_added() {
        assertMatches(SCHEDULE.addNoise(tensor("sample"), tensor("noise"), timesteps), "add_noise");
    }

    @Test
    void velocity_of_a_sample_and_its_noise() {
        assertMatches(SCHEDULE.velocity(tensor("sample"), tensor("noise"), timesteps), "velocity");
    }

    @Test
    void sample_and_noise_out_of_a_velocity() {
        NDArray noisy = tensor("add_noise");
        NDArray velocity = tensor("velocity");
        assertMatches(SCHEDULE.originalSample(PredictedQuantity.V_PREDICTION, noisy, velocity, timesteps), "from_v.x0");
        assertMatches(SCHEDULE.epsilon(PredictedQuantity.V_PREDICTION, noisy, velocity, timesteps), "from_v.epsilon");
    }

    @Test
    void signal_to_noise_ratio() {
        float[] expected = recorded.tensor("snr").toFloats();
        for (int i = 0; i < timesteps.length; i++) {
            assertThat(SCHEDULE.snr(timesteps[i])).isCloseTo(expected[i], within(TOLERANCE * Math.max(1, expected[i])));
        }
    }

    @TestFactory
    Stream<DynamicTest> min_snr_weights() {
        return recorded.byName().keySet().stream()
                .map(MIN_SNR::matcher)
                .filter(Matcher::matches)
                .map(name -> DynamicTest.dynamicTest(name.group(), () -> {
                    double gamma = Double.parseDouble(name.group(1));
                    PredictedQuantity type = name.group(2).equals("epsilon")
                            ? PredictedQuantity.EPSILON
                            : PredictedQuantity.V_PREDICTION;
                    float[] expected = recorded.tensor(name.group()).toFloats();
                    for (int i = 0; i < timesteps.length; i++) {
                        assertThat(SCHEDULE.minSnrWeight(timesteps[i], gamma, type))
                                .isCloseTo(expected[i], within(TOLERANCE));
                    }
                }));
    }

    private static NDArray tensor(String name) {
        return engine.create(
                recorded.tensor(name).toFloats(),
                new Shape(recorded.tensor(name).shape()));
    }

    private static void assertMatches(NDArray actual, String name) {
        CloseTo.assertClose(name, actual.toFloatArray(), recorded.tensor(name).toFloats(), TOLERANCE);
    }
}
