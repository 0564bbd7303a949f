package io.github.txt2lora.benchmarks;

import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import java.util.List;

/**
 * A way to train that is measured.
 *
 * @param name what a reader calls it
 * @param spec how it trains
 * @param pairs what it teaches
 * @param measuredAfter iterations after which the LoRA is measured, ascending
 */
record QualityMode(String name, TrainingSpec spec, List<PromptPair> pairs, List<Integer> measuredAfter) {

    static final PromptPair MAID = character(
            "krnkmd",
            "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,black eyes,black rimmed glasses,"
                    + "cat ears,black hair,hair between eyes,ear fluff");

    static final PromptPair SHRINE_MAIDEN = character(
            "tyankmk",
            "long hair,japanese miko clothes,white kimono,red hakama,brown eyes,cat ears,brown hair,ear fluff");

    static QualityMode of(
            String name, TrainingMethod method, double learningRate, LearningRateSchedule schedule, Integer... points) {
        TrainingSpec spec = TrainingSpec.builder()
                .method(method)
                .iterations(points[points.length - 1])
                .learningRate(learningRate)
                .schedule(schedule)
                .lora(LoraSpec.builder().rank(8).alpha(4).build())
                .build();
        return new QualityMode(name, spec, List.of(MAID), List.of(points));
    }

    QualityMode teaching(PromptPair... others) {
        return new QualityMode(name, spec, List.of(others), measuredAfter);
    }

    QualityMode withSeed(long seed) {
        return new QualityMode(name, spec.toBuilder().seed(seed).build(), pairs, measuredAfter);
    }

    private static PromptPair character(String word, String look) {
        return PromptPair.enhance(word)
                .positive(look)
                .neutral("1girl")
                .resolution(96)
                .batchSize(2)
                .build();
    }
}
