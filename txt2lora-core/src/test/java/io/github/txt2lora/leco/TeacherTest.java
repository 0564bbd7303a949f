package io.github.txt2lora.leco;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.NoisyBatch;
import io.github.txt2lora.leco.latents.PoolStates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TeacherTest {

    private static final PromptPair PAIR = PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .batchSize(2)
            .build();

    private static final double ROUNDING = 1e-4;

    private static TinyModel tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyModel(List.of(PAIR));
    }

    @AfterAll
    static void free() {
        tiny.close();
    }

    private static NoisyBatch batch(DenoisingModel model, NDManager scope, int number) {
        var pool = new LatentSource.Pool(4, 2, 2, 3);
        return new PoolStates(model, pool, PAIR, TimestepRange.all(), 0).batch(scope, number);
    }

    private static Map<String, float[]> predict(DenoisingModel model, int number, String... prompts) {
        try (NDManager scope = tiny.newScope()) {
            return predict(model, scope, batch(model, scope, number), prompts);
        }
    }

    private static Map<String, float[]> predict(
            DenoisingModel model, NDManager scope, NoisyBatch batch, String... prompts) {
        Map<String, float[]> values = new HashMap<>();
        new Teacher(model)
                .predict(TinyModel.context(scope, 0), batch, List.of(prompts))
                .forEach((prompt, prediction) -> {
                    assertThat(prediction.getShape()).isEqualTo(batch.latents().getShape());
                    values.put(prompt, prediction.toFloatArray());
                });
        return values;
    }

    @Test
    void predictions_of_latents_that_come_again_are_computed_once() {
        DenoisingModel model = tiny.withNewCache();
        Map<String, float[]> first = predict(model, 0, "1girl", "krnkmd");
        long work = tiny.unet().work();

        Map<String, float[]> second = predict(model, 0, "krnkmd", "1girl");

        assertThat(tiny.unet().work()).isEqualTo(work);
        assertThat(second).containsOnlyKeys("1girl", "krnkmd");
        second.forEach((prompt, values) -> assertThat(values).isEqualTo(first.get(prompt)));
        predict(model, 1, "1girl", "krnkmd");
        assertThat(tiny.unet().work()).isEqualTo(work + 4);
    }

    @Test
    void equal_prompts_are_predicted_once_and_none_not_at_all() {
        DenoisingModel model = tiny.withNewCache();
        predict(model, 0);
        long work = tiny.unet().work();

        assertThat(predict(model, 0)).isEmpty();
        assertThat(tiny.unet().work()).isEqualTo(work);
        assertThat(predict(model, 0, "1girl", "1girl")).containsOnlyKeys("1girl");
        assertThat(tiny.unet().work()).isEqualTo(work + 2);
    }

    @Test
    void kept_predictions_are_those_of_latents_that_never_come_again() {
        DenoisingModel model = tiny.withNewCache();
        try (NDManager scope = tiny.newScope()) {
            NoisyBatch kept = batch(model, scope, 2);
            var other = new NoisyBatch(kept.latents(), kept.timesteps(), kept.size(), null, null);

            Map<String, float[]> expected = predict(model, scope, other, "1girl", "", "krnkmd");
            Map<String, float[]> found = predict(model, scope, kept, "1girl", "", "krnkmd");

            found.forEach((prompt, values) -> assertThatTensor(values).isCloseTo(expected.get(prompt), ROUNDING, 1));
            assertThat(found.get("1girl")).isNotEqualTo(found.get("krnkmd"));
            long work = tiny.unet().work();
            predict(model, scope, other, "1girl");
            assertThat(tiny.unet().work()).isEqualTo(work + 2);
        }
    }

    @Test
    void it_does_not_matter_what_was_kept_before() {
        DenoisingModel first = tiny.withNewCache();
        DenoisingModel second = tiny.withNewCache();
        List<Map<String, float[]>> found = new ArrayList<>();

        predict(first, 0, "krnkmd");
        predict(first, 3, "krnkmd", "1girl");
        found.add(predict(first, 0, "", "1girl", "krnkmd"));
        found.add(predict(second, 0, "1girl", "krnkmd", ""));

        assertThat(found.get(1)).hasSameSizeAs(found.get(0));
        found.get(1)
                .forEach((prompt, values) ->
                        assertThat(values).isEqualTo(found.get(0).get(prompt)));
    }

    @Test
    void what_becomes_of_a_prediction_does_not_spoil_the_one_that_is_kept() {
        DenoisingModel model = tiny.withNewCache();
        float[] first = predict(model, 0, "1girl").get("1girl");
        try (NDManager scope = tiny.newScope()) {
            new Teacher(model)
                    .predict(TinyModel.context(scope, 0), batch(model, scope, 0), List.of("1girl"))
                    .values()
                    .forEach(prediction -> prediction.muli(0));
        }

        assertThat(predict(model, 0, "1girl").get("1girl")).isEqualTo(first);
    }

    @Test
    void the_teacher_is_the_model_without_the_lora() {
        Map<String, float[]> without = predict(tiny.withNewCache(), 0, "krnkmd");
        try (NDManager scope = tiny.newScope()) {
            tiny.attachStrongLora(scope);
            try {
                DenoisingModel model = tiny.withNewCache();
                assertThat(predict(model, 0, "krnkmd").get("krnkmd")).isEqualTo(without.get("krnkmd"));
            } finally {
                tiny.detachLora(scope);
            }
        }
    }
}
