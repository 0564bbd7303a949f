package io.github.txt2lora.leco.closedform;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.golden.TensorAssert;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.LoraParameters.Slot;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.text.TextEncoderWeights;
import io.github.txt2lora.torch.NativeUse;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClosedFormStartTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

    private static final String TARGET = "krnkmd";
    private static final String POSITIVE = "black hair, cat ears, maid uniform";
    private static final PromptPair PAIR =
            PromptPair.enhance(TARGET).positive(POSITIVE).neutral("1girl").build();
    private static final List<PromptPair> PAIRS =
            List.of(PAIR, PromptPair.preserve("2girls, kitchen").build());

    private static final Lessons LESSONS = Lessons.of(PAIRS, Preservation.drawn());

    /** No rank of the tiny model is larger. */
    private static final LoraSpec FULL_RANK =
            LoraSpec.builder().rank(1000).alpha(300).target(LoraTarget.FULL).build();

    private static final double TINY = 1e-12;

    private static Torch torch;
    private static Checkpoint checkpoint;
    private static UNet unet;

    @BeforeAll
    static void load() {
        torch = TestTorch.start();
        checkpoint = GoldenCheckpoints.open("sd1-tiny");
        unet = UNet.load(torch, checkpoint, Precision.FP32);
    }

    @AfterAll
    static void free() {
        unet.close();
        checkpoint.close();
        torch.close();
    }

    private static DenoisingModel model(NDManager scope, UNet unet, Checkpoint checkpoint, List<PromptPair> pairs) {
        return model(scope, unet, checkpoint, pairs, checkpoint::tensors);
    }

    private static DenoisingModel model(
            NDManager scope, UNet unet, Checkpoint checkpoint, List<PromptPair> pairs, TextEncoderWeights weights) {
        PromptEncoder encoder = Families.standard()
                .of(checkpoint)
                .promptEncoder(torch, checkpoint, TOKENIZER, Precision.FP32, 1, weights, EmbeddingFolder.none());
        return new DenoisingModel(
                torch,
                unet,
                PromptEmbeddings.encode(encoder, Lessons.of(pairs, Preservation.drawn()), scope, warning -> {}),
                Parameterization.EPSILON,
                "tiny",
                new LatentCache(0, LatentFolder.none()));
    }

    private static LoraParameters parameters(NDManager scope, UNet unet, LoraSpec spec) {
        return LoraParameters.initialize(
                scope, new UNetLoraRules().select(unet.weightShapes(), spec), spec, new TorchGenerator(1));
    }

    /** The parameters after a start of the pairs on the tiny model. */
    private static Result start(ClosedFormStart start, LoraSpec spec, List<PromptPair> pairs) {
        return start(start, spec, pairs, List.of());
    }

    private static Result start(ClosedFormStart start, LoraSpec spec, List<PromptPair> pairs, List<String> others) {
        try (NDManager scope = torch.newScope()) {
            LoraParameters parameters = parameters(scope, unet, spec);
            float[] before = parameters.vector().toFloatArray();
            List<PromptPair> encoded = new ArrayList<>(pairs);
            others.forEach(prompt -> encoded.add(PromptPair.preserve(prompt).build()));
            start.apply(
                    model(scope, unet, checkpoint, encoded),
                    parameters,
                    Lessons.of(pairs, Preservation.drawn()).withEveryday(others));
            return new Result(parameters.slots(), before, parameters.vector().toFloatArray());
        }
    }

    /** A LoRA before and after its start. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Result(List<Slot> slots, float[] before, float[] after) {

        Slot slot(String ending) {
            return slots.stream()
                    .filter(slot -> slot.module().name().endsWith(ending))
                    .findFirst()
                    .orElseThrow();
        }

        Matrix down(Slot slot) {
            return Matrix.of(
                    after, slot.downOffset(), slot.rank(), slot.module().shape().fanIn());
        }

        Matrix up(Slot slot) {
            return Matrix.of(after, slot.upOffset(), slot.module().shape().outputs(), slot.rank());
        }

        /** The LoRA's addition to a module's weight. */
        Matrix change(Slot slot) {
            return up(slot).times(down(slot)).times(slot.scale());
        }
    }

    /** The hidden states of a prompt, [tokens, width]. */
    private static Matrix context(DenoisingModel model, String prompt) {
        try (NDManager scope = torch.newScope()) {
            float[] values = model.embeddings()
                    .contexts(scope, List.of(prompt, prompt))
                    .get("0")
                    .toFloatArray();
            return Matrix.of(values, 0, ClipTokenizer.LENGTH, values.length / ClipTokenizer.LENGTH);
        }
    }

    private static Matrix weightOf(DenoisingModel model, Slot slot) {
        try (NDManager scope = torch.newScope()) {
            return Matrix.of(
                    model.denoiser().weight(scope, slot.module().name()).toFloatArray(),
                    0,
                    slot.module().shape().outputs(),
                    slot.module().shape().fanIn());
        }
    }

    private static boolean isKeyOrValue(Slot slot) {
        return slot.module().name().contains(".attn2.to_k")
                || slot.module().name().contains(".attn2.to_v");
    }

    /** The sum that a change makes as small as it can, in terms of the targets' and the kept tokens of {@link #PAIRS}. */
    private record Problem(Matrix weight, Matrix target, Matrix goal, Matrix kept, double ridge) {

        static Problem of(DenoisingModel model, Slot slot, double keepWeight, double ridge, double paddingWeight) {
            Matrix target = context(model, TARGET);
            int[] places = TokenAlignment.of(
                    model.embeddings().tokens(TARGET), model.embeddings().tokens(POSITIVE));
            Matrix positive = context(model, POSITIVE);
            List<double[]> targets = new ArrayList<>();
            List<double[]> goals = new ArrayList<>();
            double[] weights = weights(model, TARGET, paddingWeight);
            for (int i = 0; i < places.length; i++) {
                targets.add(scaled(target.row(i), Math.sqrt(weights[i])));
                goals.add(scaled(positive.row(places[i]), Math.sqrt(weights[i])));
            }
            List<double[]> kept = new ArrayList<>();
            double length = 0;
            int prompts = 0;
            for (String prompt : List.of("1girl", "", POSITIVE, "2girls, kitchen", TARGET)) {
                Matrix context = context(model, prompt);
                double[] keptWeights = weights(model, prompt, paddingWeight);
                for (int i = 0; i < places.length; i++) {
                    if (!prompt.equals(TARGET)) {
                        kept.add(scaled(context.row(i), Math.sqrt(keepWeight * keptWeights[i])));
                    }
                    length += i == 0 ? 0 : square(context.row(i));
                }
                prompts++;
            }
            return new Problem(
                    weightOf(model, slot),
                    new Matrix(targets.toArray(double[][]::new)),
                    new Matrix(goals.toArray(double[][]::new)),
                    new Matrix(kept.toArray(double[][]::new)),
                    ridge * length / (prompts * (places.length - 1)));
        }

        private static double[] weights(DenoisingModel model, String prompt, double paddingWeight) {
            int[] ids = model.embeddings().tokens(prompt);
            int end = TokenAlignment.end(ids);
            double[] weights = new double[ids.length];
            Arrays.fill(weights, 0, end, 1);
            Arrays.fill(weights, end, ids.length, paddingWeight / (ids.length - end));
            return weights;
        }

        /** Half the derivative of the sum by the change. */
        Matrix slope(Matrix change) {
            Matrix wanted = weight.times(goal.minus(target).transposed());
            return change.times(metric()).minus(wanted.times(target));
        }

        /** The matrix of the squares in a change. */
        Matrix metric() {
            Matrix sum =
                    target.transposed().times(target).plus(kept.transposed().times(kept));
            return sum.plus(Matrix.identity(sum.columns()).times(ridge));
        }
    }

    private static double square(double[] row) {
        return Arrays.stream(row).map(value -> value * value).sum();
    }

    private static double[] scaled(double[] row, double factor) {
        return Arrays.stream(row).map(value -> value * factor).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void target_words_get_the_keys_and_values_of_their_goals(StableDiffusion family, @TempDir Path folder) {
        try (Checkpoint synthetic = Checkpoint.open(SyntheticCheckpoint.write(folder, family));
                UNet ofFamily = UNet.load(torch, synthetic, Precision.FP32);
                NDManager scope = torch.newScope()) {
            DenoisingModel model = model(scope, ofFamily, synthetic, PAIRS);
            LoraParameters parameters = parameters(scope, ofFamily, FULL_RANK);

            new ClosedFormStart(0, TINY, TINY).apply(model, parameters, LESSONS);

            var result = new Result(
                    parameters.slots(), new float[0], parameters.vector().toFloatArray());
            int[] ids = model.embeddings().tokens(TARGET);
            int[] places = TokenAlignment.of(ids, model.embeddings().tokens(POSITIVE));
            List<Slot> slots = result.slots().stream()
                    .filter(ClosedFormStartTest::isKeyOrValue)
                    .toList();
            assertThat(slots).isNotEmpty();
            for (Slot slot : slots) {
                Matrix weight = weightOf(model, slot);
                Matrix actual = context(model, TARGET)
                        .times(weight.plus(result.change(slot)).transposed());
                Matrix expected = context(model, POSITIVE).times(weight.transposed());
                for (int i = 0; i < TokenAlignment.end(ids); i++) {
                    assertThatTensor(floats(actual.row(i)))
                            .as("token %d of %s", i, slot.module().name())
                            .isCloseTo(floats(expected.row(places[i])), 1e-3, 1);
                }
            }
        }
    }

    private static float[] floats(double[] row) {
        float[] floats = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            floats[i] = (float) row[i];
        }
        return floats;
    }

    @Test
    void prompts_to_keep_move_less_with_their_weight_than_without() {
        try (NDManager scope = torch.newScope()) {
            DenoisingModel model = model(scope, unet, checkpoint, PAIRS);
            Result free = start(new ClosedFormStart(0, 1e-4, 4), FULL_RANK, PAIRS);
            Result bound = start(new ClosedFormStart(1, 1e-4, 4), FULL_RANK, PAIRS);
            for (String prompt : List.of("1girl", "", POSITIVE, "2girls, kitchen")) {
                assertThat(moved(model, prompt, bound)).as(prompt).isLessThan(0.5 * moved(model, prompt, free));
            }
        }
    }

    @Test
    void everyday_prompts_hold_those_that_nobody_has_named() {
        try (NDManager scope = torch.newScope()) {
            DenoisingModel model = model(
                    scope,
                    unet,
                    checkpoint,
                    List.of(PromptPair.preserve("blue hair, forest").build()));
            LoraSpec spec = LoraSpec.builder().rank(8).target(LoraTarget.FULL).build();
            Result free = start(ClosedFormStart.standard(), spec, PAIRS);
            Result held = start(ClosedFormStart.standard(), spec, PAIRS, EverydayPrompts.of(TOKENIZER));

            assertThat(moved(model, "blue hair, forest", held))
                    .isLessThan(0.5 * moved(model, "blue hair, forest", free));
        }
    }

    /** The squared distance that the keys and values of a prompt's tokens move. */
    private static double moved(DenoisingModel model, String prompt, Result result) {
        Matrix context = context(model, prompt);
        return result.slots().stream()
                .filter(ClosedFormStartTest::isKeyOrValue)
                .mapToDouble(
                        slot -> context.times(result.change(slot).transposed()).square())
                .sum();
    }

    @Test
    void change_is_where_the_cost_stops_falling() {
        double ridge = 0.1;
        try (NDManager scope = torch.newScope()) {
            DenoisingModel model = model(scope, unet, checkpoint, PAIRS);
            Result result = start(new ClosedFormStart(0.1, ridge, 4), FULL_RANK, PAIRS);
            for (String name : List.of(".attn2.to_k", ".attn2.to_v")) {
                Slot slot = result.slot(name);
                Problem problem = Problem.of(model, slot, 0.1, ridge, 4);

                Matrix slope = problem.slope(result.change(slot));

                Matrix first = problem.slope(result.change(slot).times(0));
                assertThat(slope.square()).isLessThan(1e-10 * first.square());
            }
        }
    }

    @Test
    void low_rank_loses_as_little_as_its_rank_can() {
        int rank = 2;
        try (NDManager scope = torch.newScope()) {
            DenoisingModel model = model(scope, unet, checkpoint, PAIRS);
            var start = new ClosedFormStart(0.1, 1e-3, 4);
            Result whole = start(start, FULL_RANK, PAIRS);
            Result low = start(
                    start, LoraSpec.builder().rank(rank).target(LoraTarget.FULL).build(), PAIRS);
            for (String name : List.of(".attn2.to_k", ".attn2.to_v")) {
                Slot slot = whole.slot(name);
                Matrix change = whole.change(slot);
                Matrix metric = Problem.of(model, slot, 0.1, 1e-3, 4).metric();
                Matrix truncated = low.change(low.slot(name));

                double lost = distance(change, truncated, metric);

                assertThat(lost).isPositive();
                var random = new Random(0);
                for (int i = 0; i < 5; i++) {
                    Matrix down = Matrix.random(random, rank, change.columns());
                    assertThat(lost).isLessThan(distance(change, bestWith(down, change, metric), metric));
                }
                assertThat(lost).isLessThan(1.0001 * distance(change, alternatingBest(rank, change, metric), metric));
            }
        }
    }

    private static double distance(Matrix first, Matrix second, Matrix metric) {
        Matrix difference = first.minus(second);
        return difference.times(metric).dot(difference);
    }

    /** The product nearest to a change of all that have these rows. */
    private static Matrix bestWith(Matrix down, Matrix change, Matrix metric) {
        return up(down, change, metric).times(down);
    }

    private static Matrix up(Matrix down, Matrix change, Matrix metric) {
        Matrix weighed = metric.times(down.transposed());
        return change.times(weighed).times(down.times(weighed).inverse());
    }

    /** Finds the best product by improving its two factors in turn. */
    private static Matrix alternatingBest(int rank, Matrix change, Matrix metric) {
        Matrix down = Matrix.random(new Random(1), rank, change.columns());
        for (int i = 0; i < 500; i++) {
            Matrix up = up(down, change, metric);
            down = up.transposed().times(up).inverse().times(up.transposed()).times(change);
        }
        return bestWith(down, change, metric);
    }

    @Test
    void change_is_as_much_in_up_as_in_down() {
        Result result = start(
                ClosedFormStart.standard(),
                LoraSpec.builder().rank(3).target(LoraTarget.FULL).build(),
                PAIRS);
        Slot slot = result.slot(".attn2.to_k");
        Matrix down = result.down(slot);
        Matrix up = result.up(slot).transposed();
        for (int i = 0; i < 3; i++) {
            assertThat(square(up.row(i)) / square(down.row(i))).isBetween(0.999, 1.001);
        }
    }

    @Test
    void modules_and_ranks_without_use_stay_as_they_were() {
        // words alone change nothing but as many ranks
        Result result = start(new ClosedFormStart(0.1, 1e-3, 0), FULL_RANK, PAIRS);
        try (NDManager scope = torch.newScope()) {
            int words = TokenAlignment.end(
                            model(scope, unet, checkpoint, PAIRS).embeddings().tokens(TARGET))
                    - 1;
            for (Slot slot : result.slots()) {
                int used = isKeyOrValue(slot) ? words : 0;
                int from = slot.downOffset() + used * slot.module().shape().fanIn();
                int to = slot.downOffset() + slot.downSize();
                assertThat(Arrays.copyOfRange(result.after(), from, to))
                        .isEqualTo(Arrays.copyOfRange(result.before(), from, to));
                if (used == 0) {
                    assertThat(result.up(slot).square()).isZero();
                } else {
                    Matrix up = result.up(slot).transposed();
                    for (int i = 0; i < slot.rank(); i++) {
                        assertThat(square(up.row(i)) > 0).isEqualTo(i < used);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16"})
    void half_precision_gives_the_change_of_full_precision_up_to_its_rounding(Precision precision) {
        LoraSpec spec = LoraSpec.builder().rank(4).target(LoraTarget.FULL).build();
        var start = ClosedFormStart.standard();
        Result expected = start(start, spec, PAIRS);
        try (UNet half = UNet.load(torch, checkpoint, precision);
                NDManager scope = torch.newScope()) {
            LoraParameters parameters = parameters(scope, half, spec);
            start.apply(model(scope, half, checkpoint, PAIRS), parameters, LESSONS);
            var actual = new Result(
                    parameters.slots(), new float[0], parameters.vector().toFloatArray());
            Slot slot = expected.slot(".attn2.to_v");
            float[] change = expected.change(slot).values();
            assertThatTensor(actual.change(slot).values())
                    .isCloseTo(change, precision == Precision.FP16 ? 0.01 : 0.05, TensorAssert.largest(change));
        }
    }

    @Test
    void same_start_gives_the_same_bytes() {
        LoraSpec spec = LoraSpec.builder().rank(4).target(LoraTarget.FULL).build();

        Result first = start(ClosedFormStart.standard(), spec, PAIRS);
        Result second = start(ClosedFormStart.standard(), spec, PAIRS);

        assertThat(second.after()).isEqualTo(first.after()).isNotEqualTo(first.before());
    }

    @Test
    void targets_that_swap_meanings_keep_nothing_else() {
        List<PromptPair> swap = List.of(
                PromptPair.enhance("a")
                        .positive("b")
                        .neutral("b")
                        .unconditional("b")
                        .build(),
                PromptPair.enhance("b")
                        .positive("a")
                        .neutral("a")
                        .unconditional("a")
                        .build());

        Result result = start(
                ClosedFormStart.standard(),
                LoraSpec.builder().target(LoraTarget.FULL).build(),
                swap);

        assertThat(result.after()).isNotEqualTo(result.before());
    }

    @Test
    void pairs_that_teach_nothing_change_nothing() {
        Result result = start(
                ClosedFormStart.standard(),
                LoraSpec.builder().target(LoraTarget.FULL).build(),
                List.of(PromptPair.preserve("1girl").build()));

        assertThat(result.after()).isEqualTo(result.before());
    }

    @Test
    void native_memory_is_as_before() {
        try (NDManager scope = torch.newScope()) {
            DenoisingModel model = model(scope, unet, checkpoint, PAIRS);
            LoraParameters parameters = parameters(
                    scope, unet, LoraSpec.builder().target(LoraTarget.FULL).build());
            NativeUse before = torch.nativeUse();

            ClosedFormStart.standard().apply(model, parameters, LESSONS);
            assertThat(torch.nativeUse()).isEqualTo(before);

            Runnable cancel = () -> {
                throw new IllegalStateException("cancelled");
            };
            assertThatThrownBy(() -> torch.checkingCalls(cancel, () -> {
                        ClosedFormStart.standard().apply(model, parameters, LESSONS);
                        return parameters;
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(torch.nativeUse()).isEqualTo(before);
        }
    }

    @Test
    void lora_without_keys_and_values_of_cross_attention_is_refused() {
        LoraSpec spec = LoraSpec.builder().target(LoraTarget.SELFATTN).build();

        assertThatThrownBy(() -> start(ClosedFormStart.standard(), spec, PAIRS))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("none of the", ".attn1.", "choose target FULL or XATTN");
    }

    @Test
    void embeddings_that_are_not_finite_are_refused() {
        TextEncoderWeights spoilt = component -> {
            Map<String, TensorView> tensors = new HashMap<>(checkpoint.tensors(component));
            tensors.computeIfPresent(
                    "text_model.final_layer_norm.bias", (name, tensor) -> nan(name, tensor.shape(), tensor.elements()));
            return tensors;
        };
        try (NDManager scope = torch.newScope()) {
            DenoisingModel model = model(scope, unet, checkpoint, PAIRS, spoilt);
            LoraParameters parameters = parameters(
                    scope, unet, LoraSpec.builder().target(LoraTarget.FULL).build());

            assertThatThrownBy(() -> ClosedFormStart.standard().apply(model, parameters, LESSONS))
                    .isInstanceOf(TrainingFailedException.class)
                    .hasMessageContaining("closed-form start");
        }
    }

    private static TensorView nan(String name, List<Long> shape, long elements) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(elements * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat(Float.NaN);
        }
        bytes.flip();
        return new TensorView(name, ElementType.F32, shape, bytes::duplicate);
    }
}
