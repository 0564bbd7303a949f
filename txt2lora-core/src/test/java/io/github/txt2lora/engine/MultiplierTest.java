package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pairs that are trained with the LoRA at another strength than 1, and images that are not square. */
class MultiplierTest {

    private static final LatentSource.Trajectories TRAJECTORIES = new LatentSource.Trajectories(2, 3, 3);

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private TrainedLora train(String name, TrainingSpec.Builder spec, PromptPair... pairs) {
        return engine.train(LoraTraining.builder()
                .name(name)
                .model(ModelSource.file(Tiny.modelFile()))
                .prompts(List.of(pairs))
                .spec(spec.build())
                .output(folder.resolve(name))
                .build());
    }

    private static Map<String, List<Float>> tensors(TrainedLora lora, double signOfUp) {
        Map<String, List<Float>> tensors = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            for (TensorView tensor : file.tensors()) {
                List<Float> values = new ArrayList<>();
                for (float value : tensor.toFloats()) {
                    // plus zero, which has two signs
                    values.add((float) (tensor.name().contains(".lora_up.") ? signOfUp * value : value) + 0f);
                }
                tensors.put(tensor.name(), values);
            }
        }
        return tensors;
    }

    static Stream<TrainingMethod> methods() {
        return Stream.of(
                TrainingMethod.leco(),
                Tiny.keeping(LatentSource.reusedRollout(2)),
                Tiny.keeping(LatentSource.shortRollout(2)),
                Tiny.keeping(new LatentSource.Noise(4, 500)),
                TrainingMethod.recommended().withLatents(TRAJECTORIES).withStart(LoraStart.ZERO));
    }

    /** What the LoRA is at -1 with the signs turned, it is at 1: every use of it in a training has to turn the sign. */
    @ParameterizedTest
    @MethodSource("methods")
    void a_training_at_minus_1_ends_as_that_at_1_with_the_opposite_sign(TrainingMethod method) {
        TrainingSpec.Builder spec =
                Tiny.spec(3).method(method).method(it -> it.withRollout(rollout -> rollout.withSteps(4)));
        PromptPair pair = Tiny.prompt("krnkmd");

        TrainedLora plus = train("plus", spec, pair);
        TrainedLora minus = train("minus", spec, pair.toBuilder().multiplier(-1).build());

        assertThat(minus.losses()).isEqualTo(plus.losses());
        assertThat(tensors(minus, -1)).isEqualTo(tensors(plus, 1));
        assertThat(tensors(minus, 1)).isNotEqualTo(tensors(plus, 1));
    }

    @Test
    void the_start_in_closed_form_and_the_measured_quality_are_those_at_the_strength() {
        TrainingSpec.Builder spec = TrainingSpec.builder()
                .iterations(1)
                .learningRate(1e-6)
                .method(method -> method.withLatents(TRAJECTORIES).withStart(LoraStart.CLOSED_FORM));
        PromptPair pair = Tiny.prompt("krnkmd");

        double plus = train("plus", spec, pair).quality().orElseThrow().gap();
        double minus = train("minus", spec, pair.toBuilder().multiplier(-1).build())
                .quality()
                .orElseThrow()
                .gap();
        double half = train("half", spec, pair.toBuilder().multiplier(0.5).build())
                .quality()
                .orElseThrow()
                .gap();

        assertThat(plus).isLessThan(0.99);
        assertThat(minus).isCloseTo(plus, within(1e-3));
        assertThat(half).isCloseTo(plus, within(1e-3));
    }

    @Test
    void the_header_tells_what_is_trained_at_which_strength() {
        PromptPair more = PromptPair.everywhere(PromptAction.ENHANCE)
                .positive("high \"detail\"")
                .resolution(64, 128)
                .build();
        PromptPair less = more.toBuilder().multiplier(-1).weight(0.5).build();

        TrainedLora slider = train("slider", Tiny.spec(2), more, less);

        Map<String, String> metadata;
        try (SafetensorsFile file = SafetensorsFile.open(slider.file())) {
            metadata = file.metadata();
        }
        assertThat(metadata)
                .containsEntry("ss_leco_prompt_count", "2")
                .containsEntry(
                        "ss_leco_preview",
                        "[{\"target\": \"\", \"positive\": \"high \\\"detail\\\"\", \"unconditional\": \"\", \"neutral\": \"\","
                                + " \"action\": \"enhance\", \"multiplier\": 1.0, \"weight\": 1.0}, {\"target\": \"\","
                                + " \"positive\": \"high \\\"detail\\\"\", \"unconditional\": \"\", \"neutral\": \"\","
                                + " \"action\": \"enhance\", \"multiplier\": -1.0, \"weight\": 0.5}]")
                .containsEntry("ss_tag_frequency", "{\"1_slider\": {}}")
                .containsEntry("modelspec.trigger_phrase", "")
                .containsEntry("ss_resolution", "(128, 64)")
                .containsEntry("modelspec.resolution", "128x64");
        assertThat(slider.losses()).allMatch(loss -> Double.isFinite(loss) && loss > 0);
    }

    @Test
    void the_header_of_a_lora_at_1_has_no_more_than_before() {
        TrainedLora lora = train("plain", Tiny.spec(1), Tiny.prompt("krnkmd"));

        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            assertThat(file.metadata()).doesNotContainKeys("ss_leco_preview", "ss_leco_prompt_count");
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void images_that_are_not_square_are_trained_on_latents_of_every_source(LatentSource source) {
        PromptPair wide = Tiny.prompt("krnkmd").toBuilder().resolution(64, 96).build();

        TrainedLora lora = train(
                "wide",
                TrainingSpec.builder()
                        .method(Tiny.keeping(source))
                        .iterations(2)
                        .learningRate(1e-3),
                wide);

        assertThat(lora.losses()).allMatch(loss -> Double.isFinite(loss) && loss > 0);
        assertThat(lora.quality().orElseThrow().gap()).isPositive().isFinite();
    }

    static Stream<LatentSource> sources() {
        return Stream.of(
                LatentSource.rollout(),
                new LatentSource.Noise(4, 500),
                new LatentSource.Pool(4, 2, 2, 3),
                TRAJECTORIES,
                LatentSource.neutralTrajectories());
    }
}
