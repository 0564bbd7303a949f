package io.github.txt2lora.workspace;

import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.ModelUse;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Resume;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.SavingSpec;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.StoppingSpec;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Draws projects whose every component may be anything that it may be. */
final class RandomProjects {

    /** A rank that the training would choose itself makes no other training. */
    private static final int LARGER_THAN_CHOSEN = 17;

    /** Text that is hard to write: quotes, comments, other types of YAML, line ends, control characters, surrogates. */
    private static final List<String> PIECES = List.of(
            "a",
            "1girl, ",
            "\"",
            "'",
            "\\",
            "#",
            " #",
            ": ",
            "- ",
            "null",
            "~",
            "yes",
            "1e5",
            "0x1f",
            "\n",
            "\r\n",
            "\t",
            " ",
            "\u0000",
            "\u0007",
            "\u0085",
            "\u00a0",
            "\u2028",
            "\ufeff",
            "\ufffe",
            "\ud800",
            "\udc00",
            "\ud83d\ude00",
            "\u732b",
            "*a",
            "&a",
            "{",
            "}",
            "[",
            "]",
            "!",
            "%",
            "@",
            "`",
            "|",
            ">",
            "---",
            "...");

    private final Random random;

    RandomProjects(long seed) {
        random = new Random(seed);
    }

    LoraProject next(String name) {
        LoraSettings settings = new LoraSettings(
                name,
                oneOf(
                        ModelAddress.named("a model"),
                        ModelAddress.named("model", URI.create("https://example.org/a%20b.safetensors?x=1#y")),
                        ModelAddress.at("x" + text().replaceAll("[\\p{Cc}\\u2028\\u2029]", ""))),
                oneOf(List.of(), List.of(ModelAddress.named("b, [c]"), ModelAddress.at("../d/e f.safetensors"))),
                training(),
                optional(this::resize),
                preview());
        return new LoraProject(
                settings,
                Stream.concat(
                                Stream.of(PromptPair.erase("taught" + text()).build()),
                                Stream.generate(this::pair).limit(random.nextInt(4)))
                        .toList());
    }

    private TrainingMethod method() {
        int maximum = 500 + random.nextInt(500);
        return new TrainingMethod(
                random.nextInt(3) > 0
                        ? latents()
                        : LatentSource.mixture(
                                latents().weighing(positive()), latents().weighing(positive())),
                TimestepRange.of(random.nextInt(maximum + 1), maximum),
                random.nextBoolean() ? LossWeighting.uniform() : new LossWeighting.MinSnr(positive()),
                oneOf(
                                Preservation.recommended(),
                                Preservation.addingPrompts(),
                                Preservation.ofGiven(),
                                Preservation.ofGiven().withLatents(KeptLatents.TRAJECTORIES),
                                Preservation.drawn())
                        .withWeight(positive()),
                oneOf(
                        LoraStart.ZERO,
                        LoraStart.CLOSED_FORM,
                        LoraStart.from(Path.of("x" + text().replaceAll("[^\\w ,#'-]", "") + ".safetensors"))),
                oneOf(0.0, 0.25, 1.0));
    }

    private RolloutSpec rollout() {
        return oneOf(
                RolloutSpec.defaults(),
                new RolloutSpec(oneOf(SchedulerType.values()), 2 + random.nextInt(999), number()));
    }

    private LatentSource latents() {
        return oneOf(
                new LatentSource.Rollout(rollout()),
                new LatentSource.ReusedRollout(2 + random.nextInt(9), rollout()),
                new LatentSource.ShortRollout(1 + random.nextInt(50), number()),
                new LatentSource.Pool(
                        1 + random.nextInt(4096), 1 + random.nextInt(1000), 1 + random.nextInt(1000), number()),
                new LatentSource.Noise(whole(0), random.nextInt(501)),
                new LatentSource.Trajectories(1 + random.nextInt(4096), 2 + random.nextInt(99), number()),
                LatentSource.neutralTrajectories());
    }

    private LoraTarget target() {
        return switch (random.nextInt(3)) {
            case 0 -> LoraTarget.layers("k" + Pattern.quote(text()) + "|attn[12]\\.to_(k|v)$");
            case 1 -> LoraTarget.names("mid_block", "OUT0" + random.nextInt(9));
            default -> LoraTarget.named().get(random.nextInt(LoraTarget.named().size()));
        };
    }

    private List<LayerRank> layerRanks() {
        return oneOf(
                List.of(),
                List.of(
                        new LayerRank(LoraTarget.XATTN, whole(0)),
                        new LayerRank(LoraTarget.layers("a{1,2}[,=]|" + Pattern.quote(text())), whole(0))),
                List.of(new LayerRank(LoraTarget.names("mid_block", "IN04"), whole(0))),
                LayerRank.ofBlocks(Collections.nCopies(23, whole(0))));
    }

    private TrainingSpec training() {
        boolean isSet = random.nextBoolean();
        // of those that are not set there are 390
        int iterations = isSet ? whole(1) : 390;
        return new TrainingSpec(
                method(),
                isSet ? OptionalInt.of(iterations) : OptionalInt.empty(),
                maybe(positive()),
                random.nextBoolean() ? Optional.empty() : Optional.of(optimizer()),
                schedule(),
                random.nextInt(iterations),
                new LoraSpec(
                        oneOf(OptionalInt.empty(), OptionalInt.of(whole(LARGER_THAN_CHOSEN))),
                        positive(),
                        oneOf(LoraType.values()),
                        target(),
                        layerRanks()),
                whole(1),
                maybe(positive()),
                random.nextLong(),
                new ModelUse(
                        oneOf(Precision.values()),
                        1 + random.nextInt(12),
                        oneOf(PredictionType.values()),
                        oneOf(TerminalSnr.values()),
                        Optional.ofNullable(oneOf(null, Path.of("embeddings", "sd15"), Path.of("../é : #")))),
                new SavingSpec(
                        oneOf(Precision.values()),
                        whole(0),
                        new StateSpec(
                                whole(0),
                                Optional.ofNullable(oneOf(
                                        null,
                                        Duration.ofMinutes(5),
                                        Duration.ofNanos(1 + random.nextInt() & 0xffffffffL))),
                                oneOf(Resume.values())),
                        Optional.ofNullable(oneOf(
                                null,
                                Instant.EPOCH,
                                Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000))))),
                stopping(),
                oneOf(
                        NonFinitePolicy.fail(),
                        new NonFinitePolicy.Skip(whole(1)),
                        new NonFinitePolicy.Rollback(whole(1))));
    }

    private StoppingSpec stopping() {
        boolean measures = random.nextBoolean();
        return new StoppingSpec(new StopRule(maybe(positive()), whole(0), whole(1)), measures, measures ? whole(0) : 0);
    }

    private OptionalDouble maybe(double value) {
        return random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private OptimizerSpec optimizer() {
        return switch (random.nextInt(7)) {
            case 0 -> oneOf(OptimizerSpec.adamW(), new OptimizerSpec.AdamW(decay(), decay(), fraction(), fraction()));
            case 1 -> new OptimizerSpec.Adam(decay(), decay(), fraction(), fraction());
            case 2 -> new OptimizerSpec.Lion(decay(), decay(), fraction());
            case 3 ->
                new OptimizerSpec.Prodigy(
                        decay(),
                        decay(),
                        maybe(decay()),
                        fraction(),
                        fraction(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        positive(),
                        positive(),
                        oneOf(Double.POSITIVE_INFINITY, 1 + fraction()));
            case 4 ->
                new OptimizerSpec.Adafactor(
                        fraction(),
                        fraction(),
                        positive(),
                        -positive(),
                        maybe(decay()),
                        fraction(),
                        random.nextBoolean());
            case 5 -> new OptimizerSpec.Muon(0.9, random.nextBoolean(), fraction());
            default -> new OptimizerSpec.Sgd(0.9, fraction(), random.nextBoolean());
        };
    }

    private LearningRateSchedule schedule() {
        return switch (random.nextInt(5)) {
            case 0 -> LearningRateSchedule.constant();
            case 1 -> oneOf(LearningRateSchedule.linear(), new LearningRateSchedule.Linear(fraction()));
            case 2 -> oneOf(LearningRateSchedule.cosine(), new LearningRateSchedule.Cosine(fraction()));
            case 3 -> new LearningRateSchedule.CosineWithRestarts(fraction(), whole(0), whole(1));
            default -> new LearningRateSchedule.Step(whole(0), 1 - decay());
        };
    }

    private ResizeSpec resize() {
        RankRule rule = oneOf(
                new RankRule.Fixed(whole(1)),
                new RankRule.Ratio(1.001 + fraction()),
                new RankRule.Frobenius(1 - decay()),
                new RankRule.Cumulative(1 - decay()));
        OptionalInt maxRank =
                rule instanceof RankRule.Fixed || random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(whole(1));
        OptionalInt convRank = random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(whole(1));
        return new ResizeSpec(rule, maxRank, convRank, optional(() -> oneOf(Precision.values())));
    }

    private PreviewSettings preview() {
        return new PreviewSettings(
                random.nextBoolean(),
                texts(),
                texts(),
                text(),
                random.longs(1 + random.nextInt(3)).boxed().toList(),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(8 * (1 + random.nextInt(100))),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(8 * (1 + random.nextInt(100))),
                1 + random.nextInt(1000),
                number(),
                oneOf(SchedulerType.values()),
                number(),
                random.nextInt(3) * 50,
                1 - decay());
    }

    private int side() {
        return 128 + 8 * random.nextInt(100);
    }

    private PromptPair pair() {
        if (random.nextInt(4) == 0) {
            return PromptPair.preserve(oneOf("", text())).batchSize(whole(1)).build();
        }
        PromptPair.Builder pair =
                random.nextBoolean() ? PromptPair.enhance("k" + text()) : PromptPair.erase("k" + text());
        pair.guidanceScale(number()).resolution(side()).batchSize(whole(1));
        pair.dynamicResolution(random.nextBoolean())
                .dynamicCrops(random.nextBoolean())
                .weight(positive());
        if (random.nextInt(4) == 0) {
            pair.dynamicResolution(false).resolution(side(), side());
        }
        if (random.nextBoolean()) {
            pair.multiplier(random.nextBoolean() ? positive() : -positive());
        }
        if (random.nextBoolean()) {
            pair.positive(text());
        }
        if (random.nextBoolean()) {
            pair.unconditional(text());
        }
        if (random.nextBoolean()) {
            pair.neutral(text());
        }
        return pair.build();
    }

    private List<String> texts() {
        return Stream.generate(this::text).limit(random.nextInt(4)).toList();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    private int whole(int least) {
        return least + random.nextInt(random.nextBoolean() ? 10 : Integer.MAX_VALUE - 1);
    }

    private double positive() {
        return Math.max(Double.MIN_VALUE, Math.abs(number()));
    }

    private double number() {
        return switch (random.nextInt(5)) {
            case 0 -> 0.0;
            case 1 -> random.nextInt(10);
            case 2 -> -0.0;
            case 3 -> random.nextGaussian();
            default -> random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300);
        };
    }

    private double fraction() {
        return oneOf(0.0, 1.0, 0.5, random.nextDouble(), random.nextDouble() * 1e-12);
    }

    private double decay() {
        return oneOf(0.0, 0.5, random.nextDouble());
    }

    private <T> Optional<T> optional(Supplier<T> value) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
    }

    @SafeVarargs
    private <T> T oneOf(T... values) {
        return values[random.nextInt(values.length)];
    }
}
