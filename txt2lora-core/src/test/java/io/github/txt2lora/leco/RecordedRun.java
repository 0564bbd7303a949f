package io.github.txt2lora.leco;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenFile;
import io.github.txt2lora.golden.TensorAssert;
import io.github.txt2lora.lora.LoraFile;
import io.github.txt2lora.lora.LoraFileNaming;
import io.github.txt2lora.lora.LoraParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A recorded run of LECO, with the tolerances that the reference data give for it. */
final class RecordedRun {

    private static final double INITIAL_VALUES = 0;
    private static final double FIRST_GRADIENT = 2e-3;
    private static final double FINAL_LORA = 2e-2;

    /** Runs of SD 1 this long drift, because Adam with a tiny epsilon turns rounding noise into full steps. */
    private static final int LONG_RUN = 8;

    private static final double TINY_EPSILON = 1e-7;

    private final JsonNode recorded;
    private final GoldenFile tensors;
    private final LoraTraining training;
    private final LoraParameters parameters;

    RecordedRun(JsonNode recorded, GoldenFile tensors, LoraTraining training, LoraParameters parameters) {
        this.recorded = recorded;
        this.tensors = tensors;
        this.training = training;
        this.parameters = parameters;
    }

    RecordedStep step(int index) {
        return new RecordedStep(
                recorded.get("rows").get(index), tensors, training, index == 0, isComparableToTheEnd(), this);
    }

    private boolean isComparableToTheEnd() {
        return recorded.get("rows").size() <= LONG_RUN
                || !(training.optimizer() instanceof OptimizerSpec.AdamW adamW)
                || adamW.epsilon() > TINY_EPSILON;
    }

    void compareInitialValues() {
        assertThat(parameters.slots()).hasSize(recorded.get("modules").asInt());
        try (GoldenFile initial =
                GoldenFile.open(Golden.file("leco").resolve(recorded.get("init").asText()))) {
            Map<String, float[]> actual = matrices(parameters.vector().toFloatArray());
            for (String name : initial.names()) {
                assertThatTensor(actual.get(name)).as(name).isCloseTo(initial.view(name), INITIAL_VALUES);
            }
        }
    }

    /** Compares the modules of which snapshots were taken, if there is one of this moment. */
    void compareParameters(String moment) {
        List<String> names = tensors.names().stream()
                .filter(name -> name.startsWith(moment + "."))
                .toList();
        if (!names.isEmpty() && isComparableToTheEnd()) {
            compareAll(moment, names, matrices(parameters.vector().toFloatArray()), FINAL_LORA);
        }
    }

    /** Compares the gradient of the first step for the modules of which snapshots were taken. */
    void compareGradient(float[] gradient) {
        List<String> names = tensors.names().stream()
                .filter(name -> name.startsWith("grad1."))
                .toList();
        assertThat(names).isNotEmpty();
        compareAll("grad1", names, matrices(gradient), FIRST_GRADIENT);
    }

    /** Compares matrices relative to the largest of them all. */
    private void compareAll(String moment, List<String> names, Map<String, float[]> actual, double tolerance) {
        float[][] expected =
                names.stream().map(name -> tensors.view(name).toFloats()).toArray(float[][]::new);
        double largest = TensorAssert.largest(TensorAssert.concat(expected));
        for (int i = 0; i < expected.length; i++) {
            String name = names.get(i);
            assertThatTensor(actual.get(name.substring(moment.length() + 1)))
                    .as(name)
                    .isCloseTo(expected[i], tolerance, largest);
        }
    }

    /** The file that LECO saved has the same tensors of the same shapes, and the same values where they stay close. */
    void compareFile() {
        Path theirs = Golden.file("leco/" + training.name() + "_last.safetensors");
        if (!Files.exists(theirs)) {
            return;
        }
        try {
            Path ours = Files.createTempFile("lora", ".safetensors");
            LoraFile.write(ours, parameters, new LoraFileNaming.Kohya(), Precision.FP32, Map.of(), warning -> {});
            try (GoldenFile expected = GoldenFile.open(theirs);
                    GoldenFile actual = GoldenFile.open(ours)) {
                assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
                for (String name : expected.names()) {
                    TensorView view = expected.view(name);
                    assertThat(actual.view(name).shape()).as(name).isEqualTo(view.shape());
                    if (name.endsWith(".alpha")) {
                        assertThatTensor(actual.view(name).toFloats()).as(name).isCloseTo(view, 0);
                    }
                }
            } finally {
                Files.delete(ours);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The LoRA's matrices by their names in a file, cut out of a vector in the parameters' layout. */
    private Map<String, float[]> matrices(float[] vector) {
        Map<String, float[]> matrices = new java.util.HashMap<>();
        for (LoraParameters.Slot slot : parameters.slots()) {
            String name = slot.module().loraName();
            matrices.put(
                    name + ".lora_down.weight",
                    Arrays.copyOfRange(vector, slot.downOffset(), slot.downOffset() + slot.downSize()));
            matrices.put(
                    name + ".lora_up.weight",
                    Arrays.copyOfRange(vector, slot.upOffset(), slot.upOffset() + slot.upSize()));
        }
        return matrices;
    }
}
