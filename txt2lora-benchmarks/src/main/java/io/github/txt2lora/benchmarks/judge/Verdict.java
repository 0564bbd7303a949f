package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.benchmarks.judge.Look.Rates;
import java.util.Locale;
import java.util.Map;

/**
 * A LoRA as the judge sees it.
 *
 * @param character the target
 * @param seed of the training
 * @param unetSamples that the training took
 * @param closed share of the way from the target's images without the LoRA to the positive prompt's it goes: 1 for all
 * @param closedAfterNeutral the same with the target after the neutral prompt, as in {@code 1girl,krnkmd}
 * @param attributes each attribute's rate, divided by its rate with the positive prompt
 * @param leak share of the way from the neutral prompt's images to the positive prompt's they go with the LoRA
 * @param leakOverKept the same of twenty other prompts together: other tags, other characters, two girls, places
 * @param look the score of her look beside other words, divided by the positive prompt's beside them
 * @param otherWords the score of those words, divided by theirs beside the positive prompt
 * @param recognition share of images in which the base model recognizes her, see {@link io.github.txt2lora.LoraQuality}
 * @param gap see {@link io.github.txt2lora.LoraQuality}
 * @param drift see {@link io.github.txt2lora.LoraQuality}
 */
record Verdict(
        String character,
        long seed,
        long unetSamples,
        double closed,
        double closedAfterNeutral,
        Rates attributes,
        double leak,
        double leakOverKept,
        double look,
        double otherWords,
        double recognition,
        double gap,
        double drift) {

    static String tableHead() {
        return """
                | character | seed | UNet samples | closed | after 1girl | worst | leak | leak over twenty | look | other words | recognition | gap | drift |
                |---|---|---|---|---|---|---|---|---|---|---|---|---|""";
    }

    String tableRow() {
        Map.Entry<String, Double> worst = attributes.lowest();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.0f %% | %.0f %% | %s %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.3f | %.3f |",
                character,
                seed,
                unetSamples,
                100 * closed,
                100 * closedAfterNeutral,
                worst.getKey(),
                100 * worst.getValue(),
                100 * leak,
                100 * leakOverKept,
                100 * look,
                100 * otherWords,
                100 * recognition,
                gap,
                drift);
    }
}
