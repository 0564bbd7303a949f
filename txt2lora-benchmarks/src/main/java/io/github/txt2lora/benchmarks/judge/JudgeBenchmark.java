package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Trains characters on the demo checkpoint, alone and several in one LoRA, and has their images judged. Those who share
 * a LoRA are also drawn in one image, beside each other, with Latent Couple and with Regional Prompter; the halves of
 * these images are judged one by one. Prints Markdown tables and writes {@code judge.json}.
 */
final class JudgeBenchmark {

    private static final int SEEDS = 3;

    private JudgeBenchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args the folder for the results; then, in any order, the names of modes ({@code default}; {@code after-25}
     *     stops it early, {@code rank-16-16} has that rank and alpha; see {@link JudgeMode#all}), those of groups
     *     ({@code krnkmd} for a character alone, {@code krnkmd-tyankmk} for both in one LoRA) and the number of seeds:
     *     {@code default} and {@code noise}, all groups and three seeds where none is given
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        List<String> wanted = List.of(args).subList(1, args.length);
        int seeds = wanted.stream()
                .filter(word -> word.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(SEEDS);
        Files.createDirectories(folder);
        try (TrainingEngine engine =
                TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            var trainings = new JudgedTrainings(engine, Judge.load(), folder, seeds);
            for (JudgeMode mode : wantedOf(JudgeMode.all(), JudgeMode::name, wanted, JudgeMode.usual())) {
                for (JudgedGroup group : wantedOf(JudgedGroup.all(), JudgedGroup::name, wanted, JudgedGroup.all())) {
                    trainings.judge(mode, group);
                }
            }
            trainings.printQualityPrediction();
        }
        System.out.println("\n" + folder.toAbsolutePath());
    }

    /** Those whose names are among the words; others where none is. */
    private static <T> List<T> wantedOf(List<T> all, Function<T, String> name, List<String> words, List<T> otherwise) {
        List<T> wanted =
                all.stream().filter(each -> words.contains(name.apply(each))).toList();
        return wanted.isEmpty() ? otherwise : wanted;
    }
}
