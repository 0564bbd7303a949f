package io.github.txt2lora.benchmarks.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trains groups and has them judged. */
final class JudgedTrainings {

    private final Path folder;
    private final int seeds;
    private final ImageSource source;
    private final JudgedImages images;
    private final JudgedCouples couples;
    private final Map<String, Map<String, Verdicts>> byModeAndGroup = new LinkedHashMap<>();

    /** On the LoRAs of a group. */
    private record Verdicts(List<Verdict> characters, List<HalfVerdict> halves) {}

    /**
     * Trainings of the model that images are drawn with.
     *
     * @param folder for LoRAs and results; exists
     * @param seeds number of trainings of each group
     */
    JudgedTrainings(ImageSource source, Judge judge, Path folder, int seeds) {
        this.folder = folder;
        this.seeds = seeds;
        this.source = source;
        images = new JudgedImages(source, judge);
        couples = new JudgedCouples(source, judge);
    }

    /** Trains and judges; prints tables, and writes all results so far to {@code judge.json}. */
    void judge(JudgeMode mode, JudgedGroup group) throws IOException {
        System.out.println("\n" + mode.name() + ", " + group.name() + "\n\n" + Verdict.tableHead());
        var verdicts = new Verdicts(new ArrayList<>(), new ArrayList<>());
        byModeAndGroup
                .computeIfAbsent(mode.name(), any -> new LinkedHashMap<>())
                .put(group.name(), verdicts);
        for (long seed = 0; seed < seeds; seed++) {
            TrainedLora lora = source.engine().train(training(mode, group, seed));
            for (JudgedCharacter character : group.characters()) {
                Verdict verdict = images.judge(character, seed, lora);
                System.out.println(verdict.tableRow());
                verdicts.characters().add(verdict);
            }
            for (JudgedGroup.Couple couple : group.couples()) {
                verdicts.halves().addAll(couples.judge(couple, seed, lora));
            }
            write();
        }
        if (!verdicts.halves().isEmpty()) {
            System.out.println("\n" + HalfVerdict.tableHead());
            verdicts.halves().forEach(verdict -> System.out.println(verdict.tableRow()));
        }
    }

    /** Prints how well the gap predicts the verdicts on LoRAs of one character. */
    void printGapPrediction() {
        List<Verdict> alone = byModeAndGroup.values().stream()
                .flatMap(byGroup -> byGroup.values().stream())
                .filter(verdicts -> verdicts.halves().isEmpty())
                .flatMap(verdicts -> verdicts.characters().stream())
                .toList();
        System.out.println("\n" + GapPrediction.describe(alone));
    }

    private LoraTraining training(JudgeMode mode, JudgedGroup group, long seed) {
        return LoraTraining.builder()
                .name(group.name())
                .model(source.model())
                .prompts(group.pairs())
                .spec(mode.builder().get().seed(seed).build())
                .output(folder.resolve(mode.name() + "-" + seed))
                .build();
    }

    private void write() throws IOException {
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("judge.json").toFile(), byModeAndGroup);
    }
}
