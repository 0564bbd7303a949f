package io.github.txt2lora.leco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.leco.Outcome.Recovered;
import io.github.txt2lora.leco.Outcome.Trained;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.leco.optimizer.LossScale;
import io.github.txt2lora.leco.state.RecoverableState;
import io.github.txt2lora.leco.state.TrainerState;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.NativeUse;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The content of a trainer's state, and the recovery of a training with non-finite numbers. */
class RecoveryTest {

    private static final List<PromptPair> PAIRS = List.of(PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .build());

    private static final Lessons LESSONS = Lessons.of(PAIRS, Preservation.drawn());

    /** Of an iteration: a step with guidance, three predictions, and a comparison, forward and backward. */
    private static final int WORK = 2 + 3 + 3;

    private static Torch torch;
    private static Checkpoint checkpoint;
    private static UNet unet;
    private static NDManager promptScope;
    private static PromptEmbeddings embeddings;

    @BeforeAll
    static void load() {
        torch = TestTorch.start();
        checkpoint = GoldenCheckpoints.open("sd1-tiny");
        unet = UNet.load(torch, checkpoint, Precision.FP32);
        promptScope = torch.newScope();
        PromptEncoder encoder = Families.standard()
                .of(checkpoint)
                .promptEncoder(torch, checkpoint, ClipTokenizer.load(), Precision.FP32, 1);
        embeddings = PromptEmbeddings.encode(encoder, LESSONS, promptScope, warning -> {});
    }

    @AfterAll
    static void free() {
        promptScope.close();
        unet.close();
        checkpoint.close();
        torch.close();
    }

    private static TrainingSpec.Builder spec() {
        return TrainingSpec.leco()
                .iterations(60)
                .method(method -> method.withRollout(rollout -> rollout.withSteps(2)))
                .learningRate(1e-3);
    }

    /** A training on the tiny model. */
    private static final class Session implements AutoCloseable {

        private final NDManager scope = torch.newScope();
        private final LoraParameters parameters;
        private final LecoTrainer trainer;
        private final TrainerGroup group;

        Session(TrainingSpec spec) {
            this(spec, unet);
        }

        Session(TrainingSpec spec, UNet unet) {
            parameters = LoraParameters.initialize(
                    scope,
                    new UNetLoraRules().select(unet.weightShapes(), spec.lora()),
                    spec.lora(),
                    new TorchGenerator(1));
            var parameterization = Parameterization.of(
                    checkpoint,
                    spec.modelUse().predictionType(),
                    spec.modelUse().terminalSnr(),
                    warning -> {});
            var model = new DenoisingModel(
                    torch, unet, embeddings, parameterization, "tiny", new LatentCache(0, LatentFolder.none()));
            trainer = new LecoTrainer(model, parameters, LESSONS, spec, new TorchGenerator(2));
            group = new TrainerGroup(torch);
        }

        void train(int iterations) {
            for (int i = 0; i < iterations; i++) {
                assertThat(next(StepObserver.NONE)).isInstanceOf(Trained.class);
            }
        }

        Outcome next(StepObserver observer) {
            Outcome outcome = group.next(List.of(trainer), observer).get(0);
            if (outcome instanceof Outcome.Failed failed) {
                assertThat(failed.failure()).isInstanceOf(TrainingFailedException.class);
                throw (TrainingFailedException) failed.failure();
            }
            return outcome;
        }

        float[] values() {
            return parameters.vector().toFloatArray();
        }

        @Override
        public void close() {
            trainer.close();
            scope.close();
        }
    }

    /** Makes the loss of an iteration not a number. */
    private static final StepObserver SPOILT_GOAL = new StepObserver() {
        @Override
        public void onGoal(NDArray goal) {
            goal.muli(Float.NaN);
        }
    };

    /** Makes the gradient so long that, with a high learning rate, the LoRA becomes infinite. */
    private static final StepObserver HUGE_GRADIENT = new StepObserver() {
        @Override
        public void onStudent(NDArray prediction, NDArray gradient) {
            gradient.muli(0).addi(1e12f);
        }
    };

    static Stream<OptimizerSpec> optimizers() {
        return Stream.of(
                OptimizerSpec.muon(),
                OptimizerSpec.adamW(),
                OptimizerSpec.adam(),
                OptimizerSpec.lion(),
                OptimizerSpec.prodigy(),
                OptimizerSpec.adafactor(),
                new OptimizerSpec.Adafactor(1e-30, 1e-3, 1, -0.8, OptionalDouble.of(0.9), 0, true),
                OptimizerSpec.sgd(),
                new OptimizerSpec.Sgd(0.9, 0, true));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void a_restored_state_goes_on_exactly_with_every_optimizer(OptimizerSpec optimizer) {
        TrainingSpec spec = spec().optimizer(optimizer).build();
        RecoverableState state;
        float[] uninterrupted;
        try (var session = new Session(spec)) {
            session.train(2);
            state = session.trainer.state();
            session.train(2);
            uninterrupted = session.values();
        }

        try (var session = new Session(spec)) {
            session.train(1);
            session.trainer.restore(state);
            assertThat(session.trainer.iteration()).isEqualTo(2);
            session.train(2);
            assertThat(session.values()).isEqualTo(uninterrupted);
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void a_state_of_the_beginning_makes_the_optimizer_forget(OptimizerSpec optimizer) {
        try (var session = new Session(spec().optimizer(optimizer).build())) {
            RecoverableState beginning = session.trainer.state();
            session.train(2);
            float[] once = session.values();

            session.trainer.restore(beginning);
            session.train(2);

            assertThat(session.values()).isEqualTo(once);
        }
    }

    @Test
    void twenty_iterations_and_copies_of_their_states_hold_the_arrays_of_one() {
        try (var session = new Session(spec().build())) {
            session.train(1);
            session.trainer.state();
            NativeUse afterOne = torch.nativeUse();
            for (int i = 0; i < 20; i++) {
                session.train(1);
                session.trainer.state();
            }
            assertThat(torch.nativeUse()).isEqualTo(afterOne);
        }
    }

    @Test
    void an_iteration_that_is_broken_off_leaves_no_trace() {
        float[] undisturbed;
        try (var session = new Session(spec().build())) {
            session.train(2);
            undisturbed = session.values();
        }

        try (var session = new Session(spec().build())) {
            session.train(1);
            int[] calls = {0};
            Runnable stop = () -> {
                if (++calls[0] == 2) {
                    throw new IllegalStateException("stop");
                }
            };
            assertThatThrownBy(() -> torch.checkingCalls(stop, () -> session.next(StepObserver.NONE)))
                    .hasMessage("stop");
            session.train(1);
            assertThat(session.values()).isEqualTo(undisturbed);
        }
    }

    @Test
    void fails_by_default_in_the_iteration_where_the_number_appears() {
        try (var session = new Session(spec().build())) {
            session.train(2);
            float[] before = session.values();

            assertThatThrownBy(() -> session.next(SPOILT_GOAL))
                    .isInstanceOf(TrainingFailedException.class)
                    .hasMessageStartingWith("iteration 3 gave a loss of NaN and a gradient norm of NaN; expected")
                    .hasMessageContaining("Lower the learning rate or compute in FP32");
            assertThat(session.values()).isEqualTo(before);
        }
    }

    @Test
    void skipping_throws_the_iteration_away_and_makes_it_again_with_other_numbers() {
        try (var session =
                new Session(spec().nonFinitePolicy(NonFinitePolicy.skip()).build())) {
            session.train(2);
            float[] before = session.values();

            assertThat(session.next(SPOILT_GOAL))
                    .isEqualTo(new Recovered(3, "a loss of NaN and a gradient norm of NaN", 2, 1, WORK));

            assertThat(session.values()).isEqualTo(before);
            session.train(1);
            assertThat(session.trainer.iteration()).isEqualTo(3);
        }
    }

    @Test
    void skipping_gives_up_after_its_limit_in_a_row() {
        try (var session =
                new Session(spec().nonFinitePolicy(new NonFinitePolicy.Skip(2)).build())) {
            assertThat(session.next(SPOILT_GOAL)).isInstanceOf(Recovered.class);
            assertThat(session.next(SPOILT_GOAL)).isInstanceOf(Recovered.class);
            session.train(1);
            assertThat(session.next(SPOILT_GOAL)).isInstanceOf(Recovered.class);
            assertThat(session.next(SPOILT_GOAL)).isInstanceOf(Recovered.class);
            assertThatThrownBy(() -> session.next(SPOILT_GOAL))
                    .isInstanceOf(TrainingFailedException.class)
                    .hasMessageContaining("iteration 2 gave a loss of NaN")
                    .hasMessageContaining("Skip[limit=2]");
        }
    }

    @Test
    void skipping_brings_back_a_lora_that_is_spoilt() {
        TrainingSpec spec = spec().nonFinitePolicy(NonFinitePolicy.skip())
                .optimizer(OptimizerSpec.sgd())
                .learningRate(1e30)
                .build();
        try (var session = new Session(spec)) {
            float[] before = session.values();

            assertThat(session.next(HUGE_GRADIENT)).isInstanceOfSatisfying(Recovered.class, r -> {
                assertThat(r.found()).startsWith("a LoRA whose numbers sum up to -Infinity");
                assertThat(r.resumesAfter()).isZero();
            });
            assertThat(session.values()).isEqualTo(before);
        }
    }

    @Test
    void rolling_back_returns_to_the_last_good_state_and_halves_the_learning_rate() {
        try (var session =
                new Session(spec().nonFinitePolicy(NonFinitePolicy.rollback()).build())) {
            float[] first = session.values();
            session.train(2);

            assertThat(session.next(SPOILT_GOAL))
                    .isEqualTo(new Recovered(3, "a loss of NaN and a gradient norm of NaN", 0, 0.5, WORK));

            assertThat(session.values()).isEqualTo(first);
            Trained next = (Trained) session.next(StepObserver.NONE);
            assertThat(next.iteration().number()).isEqualTo(1);
            assertThat(next.iteration().learningRate()).isEqualTo(0.5e-3);
        }
    }

    @Test
    void rolling_back_gives_up_after_its_limit_in_the_whole_training() {
        try (var session = new Session(
                spec().nonFinitePolicy(new NonFinitePolicy.Rollback(1)).build())) {
            assertThat(session.next(SPOILT_GOAL)).isInstanceOf(Recovered.class);
            session.train(3);
            assertThatThrownBy(() -> session.next(SPOILT_GOAL))
                    .isInstanceOf(TrainingFailedException.class)
                    .hasMessageContaining("Rollback[limit=1]");
        }
    }

    @Test
    void a_scale_of_the_loss_that_is_too_large_is_lowered_within_the_iteration() {
        try (UNet half = UNet.load(torch, checkpoint, Precision.FP16);
                var session = new Session(
                        spec().modelUse(use -> use.withPrecision(Precision.FP16))
                                .build(),
                        half)) {
            TrainerState state = session.trainer.state().trainer();
            // no half-precision gradient survives this
            var huge = new LossScale(0x1p40, 0);
            session.trainer.restore(new RecoverableState(
                    new TrainerState(
                            0, state.generator(), state.learningRate(), 1, huge, state.parameters(), state.optimizer()),
                    null,
                    0));

            session.train(1);

            assertThat(session.trainer.state().trainer().lossScale().factor())
                    .isLessThan(huge.factor())
                    .isGreaterThanOrEqualTo(1);
            assertThat(session.values()).doesNotContain(Float.NaN);
        }
    }

    @Test
    void a_loss_that_is_not_a_number_leaves_the_scale_as_it_is() {
        TrainingSpec spec = spec().modelUse(use -> use.withPrecision(Precision.FP16))
                .nonFinitePolicy(NonFinitePolicy.skip())
                .build();
        try (UNet half = UNet.load(torch, checkpoint, Precision.FP16);
                var session = new Session(spec, half)) {
            double factor = session.trainer.state().trainer().lossScale().factor();

            assertThat(session.next(SPOILT_GOAL)).isInstanceOf(Recovered.class);

            assertThat(session.trainer.state().trainer().lossScale().factor()).isEqualTo(factor);
        }
    }

    @Test
    void what_it_goes_back_to_survives_in_its_state() {
        TrainingSpec spec = spec().nonFinitePolicy(NonFinitePolicy.rollback()).build();
        RecoverableState state;
        float[] first;
        try (var session = new Session(spec)) {
            first = session.values();
            session.train(2);
            state = session.trainer.state();
        }

        try (var session = new Session(spec)) {
            session.trainer.restore(state);
            session.next(SPOILT_GOAL);
            assertThat(session.values()).isEqualTo(first);
        }
    }
}
