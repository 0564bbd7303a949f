package io.github.txt2lora.benchmarks.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Trains characters on the demo checkpoint and has their images judged. Prints Markdown tables and writes
 * {@code judge.json}.
 */
final class JudgeBenchmark {

    private static final int SEEDS = 3;

    private JudgeBenchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args the folder for the results; then the names of modes, the words of characters and the number of seeds,
     *     in any order: all modes, all characters and three seeds where none is given
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        List<String> wanted = List.of(args).subList(1, args.length);
        List<JudgeMode> modes = wantedOf(JudgeMode.all(), JudgeMode::name, wanted);
        List<JudgedCharacter> characters = wantedOf(JudgedCharacter.all(), JudgedCharacter::word, wanted);
        int seeds = wanted.stream()
                .filter(word -> word.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(SEEDS);
        Files.createDirectories(folder);
        ModelSource model = DemoCheckpoint.copyTo(folder);
        Map<String, List<Verdict>> verdicts = new LinkedHashMap<>();
        try (TrainingEngine engine =
                TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            var images = new JudgedImages(engine, model, Judge.load());
            for (JudgeMode mode : modes) {
                System.out.println("\n" + mode.name() + "\n\n" + Verdict.tableHead());
                List<Verdict> ofMode = new ArrayList<>();
                verdicts.put(mode.name(), ofMode);
                for (JudgedCharacter character : characters) {
                    for (long seed = 0; seed < seeds; seed++) {
                        TrainedLora lora = engine.train(training(folder, model, mode, character, seed));
                        ofMode.add(images.judge(character, seed, lora));
                        System.out.println(ofMode.get(ofMode.size() - 1).tableRow());
                        write(folder, verdicts);
                    }
                }
            }
        }
        System.out.println("\n" + folder.toAbsolutePath());
    }

    /** Those whose names are among the words; all where none is. */
    private static <T> List<T> wantedOf(List<T> all, Function<T, String> name, List<String> words) {
        List<T> wanted =
                all.stream().filter(each -> words.contains(name.apply(each))).toList();
        return wanted.isEmpty() ? all : wanted;
    }

    private static LoraTraining training(
            Path folder, ModelSource model, JudgeMode mode, JudgedCharacter character, long seed) {
        return LoraTraining.builder()
                .name(character.word())
                .model(model)
                .prompt(character.pair())
                .spec(mode.builder().get().seed(seed).build())
                .output(folder.resolve(mode.name() + "-" + seed))
                .build();
    }

    /** After each LoRA, since all of them take long. */
    private static void write(Path folder, Map<String, List<Verdict>> verdicts) throws IOException {
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("judge.json").toFile(), verdicts);
    }
}
