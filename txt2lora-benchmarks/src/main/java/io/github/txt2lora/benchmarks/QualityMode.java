package io.github.txt2lora.benchmarks;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import java.util.List;

/**
 * A way to train that is measured on the demo checkpoint.
 *
 * @param name the name for readers
 * @param method the method of the training
 * @param learningRate of AdamW, constant
 * @param pairs the taught pairs
 * @param before the pairs of LoRAs of the same batch that were trained before; their work does not count
 * @param measuredAfter iterations after which the LoRA is measured, ascending
 */
record QualityMode(
        String name,
        TrainingMethod method,
        double learningRate,
        List<PromptPair> pairs,
        List<PromptPair> before,
        List<Integer> measuredAfter) {

    private static final PromptPair MAID = character(
            "krnkmd",
            "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,black eyes,black rimmed glasses,"
                    + "cat ears,black hair,hair between eyes,ear fluff");

    private static final PromptPair SHRINE_MAIDEN = character(
            "tyankmk",
            "long hair,japanese miko clothes,white kimono,red hakama,brown eyes,cat ears,brown hair,ear fluff");

    private static final TrainingMethod NOISE =
            TrainingMethod.leco().withLatents(LatentSource.noise()).withPreservation(Preservation.addingPrompts());

    /** All pairs of all modes. */
    static List<PromptPair> allPairs() {
        return List.of(MAID, SHRINE_MAIDEN);
    }

    /** All modes to measure; LECO's exact method is last, since it takes as long as all others. */
    static List<QualityMode> all() {
        TrainingMethod closedForm = NOISE.withStart(LoraStart.CLOSED_FORM);
        LatentSource mixture = LatentSource.mixture(
                LatentSource.noise().weighing(2), LatentSource.pool(16).weighing(1));
        return List.of(
                of("noise alone", NOISE, 20, 40, 80, 120),
                of("later LoRA of a batch", NOISE, 40, 80, 120).after(SHRINE_MAIDEN),
                of("nothing kept", NOISE.withPreservation(Preservation.drawn()), 40, 120),
                of("two characters", NOISE, 80, 240).teaching(MAID, SHRINE_MAIDEN),
                of("closed form alone", closedForm, 0),
                of("closed form, then noise", closedForm, 20, 40),
                of("pool of 64", NOISE.withLatents(LatentSource.pool()), 40, 120),
                of(
                        "pool of 64, from 700",
                        NOISE.withLatents(LatentSource.pool()).withTimesteps(TimestepRange.of(700, 999)),
                        80,
                        120),
                of(
                        "pool of 64, min-SNR",
                        NOISE.withLatents(LatentSource.pool()).withLossWeighting(LossWeighting.minSnr()),
                        120),
                of("noise 2 : pool of 16 1", NOISE.withLatents(mixture), 40, 120),
                of("short rollout", NOISE.withLatents(LatentSource.shortRollout()), 40),
                of("reused rollout", NOISE.withLatents(LatentSource.reusedRollout(4)), 20),
                new QualityMode(
                        "LECO, exact",
                        TrainingMethod.leco(),
                        1e-3,
                        List.of(MAID.toBuilder().batchSize(2).build()),
                        List.of(),
                        List.of(60, 120)));
    }

    private static QualityMode of(String name, TrainingMethod method, Integer... measuredAfter) {
        return new QualityMode(name, method, 4e-3, List.of(MAID), List.of(), List.of(measuredAfter));
    }

    private QualityMode teaching(PromptPair... others) {
        return new QualityMode(name, method, learningRate, List.of(others), before, measuredAfter);
    }

    private QualityMode after(PromptPair... others) {
        return new QualityMode(name, method, learningRate, pairs, List.of(others), measuredAfter);
    }

    /** The settings of a training with a seed. */
    TrainingSpec spec(long seed) {
        return TrainingSpec.builder()
                .method(method)
                .iterations(measuredAfter.get(measuredAfter.size() - 1))
                .learningRate(learningRate)
                .optimizer(OptimizerSpec.adamW())
                .learningRateSchedule(LearningRateSchedule.constant())
                .lora(LoraSpec.builder()
                        .rank(8)
                        .alpha(4)
                        .target(LoraTarget.FULL)
                        .build())
                .seed(seed)
                .build();
    }

    private static PromptPair character(String word, String look) {
        return PromptPair.enhance(word)
                .positive(look)
                .neutral("1girl")
                .resolution(96)
                .build();
    }
}
