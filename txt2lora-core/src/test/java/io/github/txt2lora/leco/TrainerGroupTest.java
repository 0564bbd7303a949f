package io.github.txt2lora.leco;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerGroupTest {

    private static final List<PromptPair> PAIRS =
            Stream.of("krnkmd", "tyankmk", "abc").map(TrainerGroupTest::pair).toList();

    private static final int ITERATIONS = 2;

    private static Torch torch;
    private static Checkpoint checkpoint;
    private static NDManager scope;
    private static DenoisingModel model;

    @BeforeAll
    static void load() {
        torch = TestTorch.start();
        checkpoint = GoldenCheckpoints.open("sd1-tiny");
        scope = torch.newScope();
        PromptEncoder encoder = Families.standard()
                .of(checkpoint)
                .promptEncoder(torch, checkpoint, ClipTokenizer.load(), Precision.FP32, 1);
        PromptEmbeddings embeddings =
                PromptEmbeddings.encode(encoder, Lessons.of(PAIRS, Preservation.recommended()), scope, warning -> {});
        UNet unet = UNet.load(torch, checkpoint, Precision.FP32);
        var cache = new LatentCache(Long.MAX_VALUE, LatentFolder.none());
        model = new DenoisingModel(torch, unet, embeddings, Parameterization.EPSILON, "tiny", cache);
    }

    @AfterAll
    static void free() {
        model.denoiser().close();
        scope.close();
        checkpoint.close();
        torch.close();
    }

    private static PromptPair pair(String target) {
        return PromptPair.enhance(target)
                .positive("cat ears, " + target + " maid")
                .neutral("1girl")
                // at 64 the lowest level has one pixel, where GroupNorm makes gradients of nothing but rounding
                .resolution(128)
                .batchSize(2)
                .build();
    }

    private static TrainingSpec.Builder spec(TrainingMethod method) {
        return TrainingSpec.builder()
                .method(method)
                .iterations(ITERATIONS)
                // AdamW would make a step of a gradient that is nothing but rounding
                .optimizer(OptimizerSpec.sgd())
                .learningRate(0.01)
                .method(it -> it.withRollout(rollout -> rollout.withSteps(3)))
                .lora(LoraSpec.builder().type(LoraType.C3LIER).build());
    }

    private static TrainingMethod earlier() {
        return TrainingMethod.recommended()
                .withLatents(LatentSource.noise())
                .withPreservation(Preservation.addingPrompts());
    }

    private static LoraParameters parameters(NDManager owner, TrainingSpec spec, int seed) {
        return LoraParameters.initialize(
                owner,
                new UNetLoraRules().select(model.denoiser().weightShapes(), spec.lora()),
                spec.lora(),
                new TorchGenerator(seed));
    }

    private static LecoTrainer trainer(LoraParameters parameters, TrainingSpec spec, int number) {
        return new LecoTrainer(
                model,
                parameters,
                Lessons.of(List.of(PAIRS.get(number)), spec.method().preservation()),
                spec,
                new TorchGenerator(number));
    }

    private static List<float[]> alone(TrainingSpec spec, List<Double> losses) {
        List<float[]> results = new ArrayList<>();
        for (int i = 0; i < PAIRS.size(); i++) {
            try (NDManager own = torch.newScope()) {
                LoraParameters parameters = parameters(own, spec, i);
                try (LecoTrainer trainer = trainer(parameters, spec, i)) {
                    var group = new TrainerGroup(torch);
                    while (!trainer.isDone()) {
                        var outcome =
                                (Outcome.Trained) group.next(List.of(trainer)).get(0);
                        losses.add(outcome.iteration().loss());
                    }
                }
                results.add(parameters.vector().toFloatArray());
            }
        }
        return results;
    }

    static Stream<TrainingSpec> specs() {
        return Stream.of(
                spec(earlier()).build(),
                spec(TrainingMethod.recommended().withLatents(new LatentSource.Trajectories(2, 3, 3)))
                        .build(),
                spec(TrainingMethod.leco()).build(),
                spec(earlier().withLatents(new LatentSource.Pool(2, 2, 2, 3)))
                        .gradientAccumulationSteps(2)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void each_becomes_what_it_becomes_alone(TrainingSpec spec) {
        List<Double> lossesAlone = new ArrayList<>();
        List<float[]> alone = alone(spec, lossesAlone);
        assertThat(lossesAlone).doesNotHaveDuplicates();
        try (NDManager own = torch.newScope()) {
            List<LecoTrainer> trainers = IntStream.range(0, PAIRS.size())
                    .mapToObj(i -> trainer(parameters(own, spec, i), spec, i))
                    .toList();
            var group = new TrainerGroup(torch);
            for (int i = 0; i < ITERATIONS; i++) {
                List<Outcome> outcomes = group.next(trainers);
                for (int j = 0; j < outcomes.size(); j++) {
                    double loss =
                            ((Outcome.Trained) outcomes.get(j)).iteration().loss();
                    assertThat(loss).isCloseTo(lossesAlone.get(j * ITERATIONS + i), within(1e-4 * loss + 1e-9));
                }
            }
            for (int i = 0; i < PAIRS.size(); i++) {
                float[] together = trainers.get(i).parameters();
                assertThatTensor(together).isCloseTo(alone.get(i), 1e-5, 1);
            }
            trainers.forEach(LecoTrainer::close);
        }
    }

    @Test
    void loras_at_different_strengths_become_what_they_become_alone() {
        TrainingSpec spec = spec(earlier()).build();
        Lessons weak = lessons(PAIRS.get(0).toBuilder().multiplier(-0.5).build(), spec);
        Lessons full = lessons(PAIRS.get(1), spec);
        try (NDManager own = torch.newScope()) {
            List<LecoTrainer> trainers = List.of(
                    new LecoTrainer(model, parameters(own, spec, 0), weak, spec, new TorchGenerator(0)),
                    new LecoTrainer(model, parameters(own, spec, 1), full, spec, new TorchGenerator(1)),
                    new LecoTrainer(model, parameters(own, spec, 0), weak, spec, new TorchGenerator(0)),
                    new LecoTrainer(model, parameters(own, spec, 1), full, spec, new TorchGenerator(1)));
            var together = new TrainerGroup(torch);
            var alone = new TrainerGroup(torch);
            for (int i = 0; i < ITERATIONS; i++) {
                together.next(trainers.subList(0, 2));
                alone.next(trainers.subList(2, 3));
                alone.next(trainers.subList(3, 4));
            }

            for (int i = 0; i < 2; i++) {
                assertThatTensor(trainers.get(i).parameters())
                        .isCloseTo(trainers.get(i + 2).parameters(), 1e-5, 1);
            }
            trainers.forEach(LecoTrainer::close);
        }
    }

    private static Lessons lessons(PromptPair pair, TrainingSpec spec) {
        return Lessons.of(List.of(pair), spec.method().preservation());
    }

    @Test
    void where_memory_does_not_suffice_for_all_fewer_go_together() {
        TrainingSpec spec = spec(earlier()).build();
        List<float[]> alone = alone(spec, new ArrayList<>());
        try (NDManager own = torch.newScope()) {
            List<LecoTrainer> trainers = IntStream.range(0, PAIRS.size())
                    .mapToObj(i -> trainer(parameters(own, spec, i), spec, i))
                    .toList();
            var group = new TrainerGroup(torch);
            int[] callsTogether = {0};
            Runnable memoryRunsOut = () -> {
                // three at once, then two
                if (isTogether() && ++callsTogether[0] <= 2) {
                    throw new TorchException("out of memory", true, null);
                }
            };
            for (int i = 0; i < ITERATIONS; i++) {
                torch.checkingCalls(memoryRunsOut, () -> group.next(trainers));
            }

            assertThat(callsTogether[0]).isEqualTo(2);
            for (int i = 0; i < PAIRS.size(); i++) {
                assertThatTensor(trainers.get(i).parameters()).isCloseTo(alone.get(i), 1e-5, 1);
            }
            trainers.forEach(LecoTrainer::close);
        }
    }

    /** Whether the call of the network that comes now is that of several LoRAs. */
    private static boolean isTogether() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("compareTogether")));
    }

    @Test
    void what_is_broken_off_has_not_happened() {
        TrainingSpec spec = spec(earlier()).build();
        try (NDManager own = torch.newScope()) {
            List<LecoTrainer> trainers =
                    List.of(trainer(parameters(own, spec, 0), spec, 0), trainer(parameters(own, spec, 1), spec, 1));
            List<float[]> before =
                    trainers.stream().map(LecoTrainer::parameters).toList();
            List<long[]> generators =
                    trainers.stream().map(each -> each.generator().state()).toList();

            Runnable cancel = () -> {
                if (isTogether()) {
                    throw new CancellationException("enough");
                }
            };
            var group = new TrainerGroup(torch);
            assertThatThrownBy(() -> torch.checkingCalls(cancel, () -> group.next(trainers)))
                    .isInstanceOf(CancellationException.class);

            assertThat(trainers.get(0).parameters()).isEqualTo(before.get(0));
            assertThat(trainers.get(1).parameters()).isEqualTo(before.get(1));
            assertThat(trainers.get(0).generator().state()).isEqualTo(generators.get(0));
            assertThat(trainers.get(1).generator().state()).isEqualTo(generators.get(1));
            trainers.forEach(LecoTrainer::close);
        }
    }
}
