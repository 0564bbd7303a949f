package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.benchmarks.judge.Look.Rates;
import java.util.Locale;
import java.util.Map;

/**
 * One of two characters in one image, as the judge sees her half.
 *
 * @param placement how both were placed
 * @param character the target of this half
 * @param seed of the training
 * @param described the score of the positive prompt in this half, from 0 to 1
 * @param look the score of the target in this half, divided by the positive prompt's
 * @param attributes each attribute's rate, divided by its rate with the positive prompt
 */
record HalfVerdict(String placement, String character, long seed, double described, double look, Rates attributes) {

    static String tableHead() {
        return """
                | placement | character | seed | positive prompt | look | worst |
                |---|---|---|---|---|---|""";
    }

    String tableRow() {
        Map.Entry<String, Double> worst = attributes.lowest();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %.0f %% | %.0f %% | %s %.0f %% |",
                placement,
                character,
                seed,
                100 * described,
                100 * look,
                worst.getKey(),
                100 * worst.getValue());
    }
}
