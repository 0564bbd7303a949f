package io.github.txt2lora.leco;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The use of gradients, seen with plain gradient descent and a learning rate of 1. */
@Tag("djl")
class LecoTrainerTest {

    private static final List<PromptPair> PAIRS = List.of(PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .build());

    private static final Lessons LESSONS = Lessons.of(PAIRS, Preservation.drawn());

    private static Torch torch;
    private static Checkpoint checkpoint;
    private static UNet unet;

    @BeforeAll
    static void load() {
        torch = TestTorch.start();
        checkpoint = GoldenCheckpoints.open("sd1-tiny");
        unet = UNet.load(
                torch, checkpoint, TrainingSpec.builder().build().modelUse().precision());
    }

    @AfterAll
    static void free() {
        unet.close();
        checkpoint.close();
        torch.close();
    }

    /** The effect of one iteration: the parameters' change, and the gradients that it was made of. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Change(float[] change, List<float[]> gradients, LecoTrainer.Iteration iteration) {}

    private static TrainingSpec.Builder spec() {
        return TrainingSpec.leco()
                .iterations(1)
                .method(method -> method.withRollout(rollout -> rollout.withSteps(3)))
                .optimizer(OptimizerSpec.sgd())
                .learningRate(1);
    }

    private static Change iterate(TrainingSpec spec) {
        try (NDManager scope = torch.newScope()) {
            PromptEncoder encoder = Families.standard()
                    .of(checkpoint)
                    .promptEncoder(
                            torch,
                            checkpoint,
                            ClipTokenizer.load(),
                            spec.modelUse().precision(),
                            1);
            PromptEmbeddings embeddings = PromptEmbeddings.encode(encoder, LESSONS, scope, warning -> {});
            LoraParameters parameters = LoraParameters.initialize(
                    scope,
                    new UNetLoraRules().select(unet.weightShapes(), spec.lora()),
                    spec.lora(),
                    new TorchGenerator(1));
            float[] before = parameters.vector().toFloatArray();
            List<float[]> gradients = new ArrayList<>();
            StepObserver observer = new StepObserver() {
                @Override
                public void onStudent(NDArray prediction, NDArray gradient) {
                    gradients.add(gradient.toFloatArray());
                }
            };
            var parameterization = Parameterization.of(
                    checkpoint,
                    spec.modelUse().predictionType(),
                    spec.modelUse().terminalSnr(),
                    warning -> {});
            var model = new DenoisingModel(
                    torch, unet, embeddings, parameterization, "tiny", new LatentCache(0, LatentFolder.none()));
            try (var trainer = new LecoTrainer(model, parameters, LESSONS, spec, new TorchGenerator(2))) {
                var outcome = (Outcome.Trained)
                        new TrainerGroup(torch).next(List.of(trainer), observer).get(0);
                float[] after = parameters.vector().toFloatArray();
                for (int i = 0; i < after.length; i++) {
                    after[i] -= before[i];
                }
                return new Change(after, gradients, outcome.iteration());
            }
        }
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static float[] scaled(float[] values, double factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = (float) (values[i] * factor);
        }
        return scaled;
    }

    @Test
    void step_goes_against_the_gradient() {
        Change outcome = iterate(spec().build());

        assertThat(outcome.gradients()).hasSize(1);
        assertThat(norm(outcome.change())).isPositive();
        assertThat(outcome.iteration().gradientNorm())
                .isCloseTo(norm(outcome.gradients().get(0)), within(1e-4 * norm(outcome.change())));
        double largest = norm(outcome.change());
        assertThatTensor(outcome.change()).isCloseTo(scaled(outcome.gradients().get(0), -1), 1e-5 * largest, 1);
    }

    @Test
    void accumulated_gradients_are_averaged() {
        Change one = iterate(spec().build());
        Change two = iterate(spec().gradientAccumulationSteps(2).build());

        assertThat(two.gradients()).hasSize(2);
        assertThat(two.gradients().get(0)).isEqualTo(one.gradients().get(0));
        assertThat(two.change()).isNotEqualTo(one.change());
        float[] mean = new float[two.change().length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = -(two.gradients().get(0)[i] + two.gradients().get(1)[i]) / 2;
        }
        assertThatTensor(two.change()).isCloseTo(mean, 1e-5 * norm(mean), 1);
    }

    @Test
    void gradient_longer_than_the_limit_is_shortened_to_it() {
        Change free = iterate(spec().build());
        double limit = norm(free.change()) / 4;
        Change limited = iterate(spec().maxGradientNorm(limit).build());

        assertThat(norm(limited.change())).isCloseTo(limit, within(1e-3 * limit));
        assertThatTensor(limited.change()).isCloseTo(scaled(free.change(), 0.25), 1e-3 * limit, 1);
        assertThat(limited.iteration().gradientNorm())
                .isEqualTo(free.iteration().gradientNorm());
    }

    @Test
    void gradient_shorter_than_the_limit_is_left_alone() {
        Change free = iterate(spec().build());
        Change limited = iterate(spec().maxGradientNorm(norm(free.change()) * 4).build());

        assertThat(limited.change()).isEqualTo(free.change());
    }
}
