package io.github.txt2lora.benchmarks.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trains groups and has them judged. */
final class JudgedTrainings {

    private final Path folder;
    private final int seeds;
    private final TrainingEngine engine;
    private final Judge judge;
    private final Map<List<Object>, Studio> studios = new HashMap<>();
    private final Map<String, Map<String, Verdicts>> byModeAndGroup = new LinkedHashMap<>();

    /** On the LoRAs of a group. */
    private record Verdicts(List<Verdict> characters, List<HalfVerdict> halves) {}

    /** Where the images of one model are drawn and judged. */
    private record Studio(ModelSource model, JudgedImages images, JudgedCouples couples) {}

    /**
     * Trainings of an engine.
     *
     * @param folder for models, LoRAs and results; exists
     * @param seeds number of trainings of each group
     */
    JudgedTrainings(TrainingEngine engine, Judge judge, Path folder, int seeds) {
        this.folder = folder;
        this.seeds = seeds;
        this.engine = engine;
        this.judge = judge;
    }

    /** Trains and judges; prints tables, and writes all results so far to {@code judge.json}. */
    void judge(JudgeMode mode, JudgedGroup group) throws IOException {
        System.out.println("\n" + mode.name() + ", " + group.name() + "\n\n" + Verdict.tableHead());
        var verdicts = new Verdicts(new ArrayList<>(), new ArrayList<>());
        byModeAndGroup
                .computeIfAbsent(mode.name(), any -> new LinkedHashMap<>())
                .put(group.name(), verdicts);
        Studio studio =
                studios.computeIfAbsent(List.of(mode.model(), mode.side()), any -> studio(mode.model(), mode.side()));
        for (long seed = 0; seed < seeds; seed++) {
            TrainedLora lora = engine.train(training(mode, group, studio.model(), seed));
            for (JudgedCharacter character : group.characters()) {
                Verdict verdict = studio.images().judge(character, seed, lora);
                System.out.println(verdict.tableRow());
                verdicts.characters().add(verdict);
            }
            for (JudgedGroup.Couple couple : group.couples()) {
                verdicts.halves().addAll(studio.couples().judge(couple, seed, lora));
            }
            write();
        }
        if (!verdicts.halves().isEmpty()) {
            System.out.println("\n" + HalfVerdict.tableHead());
            verdicts.halves().forEach(verdict -> System.out.println(verdict.tableRow()));
        }
    }

    /** Prints how well gap and recognition predict the verdicts on LoRAs of one character. */
    void printQualityPrediction() {
        List<Verdict> alone = byModeAndGroup.values().stream()
                .flatMap(byGroup -> byGroup.values().stream())
                .filter(verdicts -> verdicts.halves().isEmpty())
                .flatMap(verdicts -> verdicts.characters().stream())
                .toList();
        System.out.println("\n" + QualityPrediction.describe(alone));
    }

    private Studio studio(ModelCopy copy, int side) {
        ModelSource model = copy.writeTo(folder);
        var source = new ImageSource(engine, model, side);
        return new Studio(model, new JudgedImages(source, judge), new JudgedCouples(source, judge));
    }

    private LoraTraining training(JudgeMode mode, JudgedGroup group, ModelSource model, long seed) {
        return LoraTraining.builder()
                .name(group.name())
                .model(model)
                .prompts(mode.pairs(group))
                .spec(mode.spec(seed))
                .output(folder.resolve(mode.name() + "-" + seed))
                .build();
    }

    private void write() throws IOException {
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("judge.json").toFile(), byModeAndGroup);
    }
}
