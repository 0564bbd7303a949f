package io.github.txt2lora.leco;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.golden.GoldenFile;
import io.github.txt2lora.leco.latents.LatentDraw;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.text.PictureSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A recorded step of LECO; compares observations at once. */
final class RecordedStep implements StepObserver {

    private static final double FIRST_STEP = 1e-4;
    private static final double LATER_STEPS = 1e-3;
    private static final double LATER_STEPS_OF_DRIFTING_RUNS = 1e-2;
    private static final double LOSS_OF_DRIFTING_RUNS = 1e-1;
    private static final double INITIAL_LATENTS = 1e-6;

    private final JsonNode row;
    private final GoldenFile tensors;
    private final LoraTraining training;
    private final boolean first;
    private final boolean comparable;
    private final RecordedRun run;
    private final List<String> compared = new ArrayList<>();

    RecordedStep(
            JsonNode row,
            GoldenFile tensors,
            LoraTraining training,
            boolean first,
            boolean comparable,
            RecordedRun run) {
        this.row = row;
        this.tensors = tensors;
        this.training = training;
        this.first = first;
        this.comparable = comparable;
        this.run = run;
    }

    private double tolerance() {
        return first ? FIRST_STEP : comparable ? LATER_STEPS : LATER_STEPS_OF_DRIFTING_RUNS;
    }

    private PromptPair pair() {
        return training.prompts().get(row.get("prompt_index").asInt());
    }

    @Override
    public void onLesson(int number) {
        assertThat(number).as("prompt").isEqualTo(row.get("prompt_index").asInt());
    }

    @Override
    public void onDraw(int denoisingSteps, LatentDraw draw) {
        assertThat(denoisingSteps).as("k").isEqualTo(row.get("k").asInt());
        assertThat(draw.size().height())
                .as("height")
                .isEqualTo(row.get("height").asInt());
        assertThat(draw.size().width()).as("width").isEqualTo(row.get("width").asInt());
        if (row.has("add_time_ids")) {
            PictureSize size = draw.size();
            assertThat(List.of(
                            size.originalHeight(),
                            size.originalWidth(),
                            size.cropTop(),
                            size.cropLeft(),
                            size.height(),
                            size.width()))
                    .as("time ids")
                    .isEqualTo(row.get("add_time_ids")
                            .valueStream()
                            .map(JsonNode::asInt)
                            .toList());
        }
    }

    @Override
    public void onInitialLatents(NDArray latents) {
        compare("latents", latents, INITIAL_LATENTS);
    }

    @Override
    public void onDenoised(NDArray latents, double timestep) {
        assertThat(timestep)
                .as("time step of the comparison")
                .isEqualTo(row.get("current_timestep").asDouble());
        compare("denoised", latents, tolerance());
    }

    @Override
    public void onTeacherPrediction(String prompt, NDArray prediction) {
        assertThat(prompt).isIn(pair().positive(), pair().neutral(), pair().unconditional());
        if (prompt.equals(pair().positive())) {
            compare("eps_positive", prediction, tolerance());
        }
        if (prompt.equals(pair().neutral())) {
            compare("eps_neutral", prediction, tolerance());
        }
        if (prompt.equals(pair().unconditional())) {
            compare("eps_unconditional", prediction, tolerance());
        }
    }

    @Override
    public void onGoal(NDArray goal) {
        if (!tensors.has(key("eps_neutral"))) {
            return;
        }
        float[] neutral = view("eps_neutral").toFloats();
        float[] positive = view("eps_positive").toFloats();
        float[] unconditional = view("eps_unconditional").toFloats();
        double sign = pair().action() == PromptAction.ENHANCE ? 1 : -1;
        float[] expected = new float[neutral.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) (neutral[i] + sign * pair().guidanceScale() * (positive[i] - unconditional[i]));
        }
        // up to three predictions add up
        assertThatTensor(goal).as("goal").isCloseTo(expected, 3 * tolerance() * pair().guidanceScale(), 1);
        compared.add("goal");
    }

    @Override
    public void onStudent(NDArray prediction, NDArray gradient) {
        compare("eps_target", prediction, tolerance());
        if (first) {
            run.compareGradient(gradient.toFloatArray());
        }
    }

    void compareResult(LecoTrainer.Iteration iteration) {
        double lossTolerance = first ? FIRST_STEP : comparable ? LATER_STEPS : LOSS_OF_DRIFTING_RUNS;
        double loss = row.get("loss").asDouble();
        assertThat(iteration.loss()).as("loss").isCloseTo(loss, within(lossTolerance * Math.abs(loss)));
        double rate = row.get("lr").asDouble();
        assertThat(iteration.learningRate()).as("learning rate").isCloseTo(rate, within(1e-9 * rate));
        if (tensors.has(key("denoised"))) {
            assertThat(compared).contains("latents", "denoised", "eps_target", "goal");
        }
    }

    private void compare(String name, NDArray actual, double tolerance) {
        if (tensors.has(key(name))) {
            assertThatTensor(actual).as(key(name)).isCloseTo(view(name), tolerance);
            compared.add(name);
        }
    }

    private TensorView view(String name) {
        return tensors.view(key(name));
    }

    private String key(String name) {
        return String.format(Locale.ROOT, "step%02d.%s", row.get("step").asInt(), name);
    }
}
