package io.github.txt2lora.benchmarks;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.torch.ProcessMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Trains a thousand LoRAs on a tiny checkpoint in one engine, together by sixteen. Prints their throughput, the memory
 * as their number grows, and what is lost.
 */
final class ManyTrainings {

    private static final int ITERATIONS = 4;

    private ManyTrainings() {}

    /**
     * Runs the benchmark.
     *
     * @param args folder for the LoRAs; then the number of trainings, and how many of them go together: 1,000 and 16
     *     where they are not given
     */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int number = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
        int together = args.length > 2 ? Integer.parseInt(args[2]) : 16;
        try (TemporaryModel model = TemporaryModel.of(SmallModel.TINY_SD1);
                TrainingEngine engine =
                        TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            System.out.println("| trainings so far | trainings a second | resident, MiB |\n|---|---|---|");
            Set<Path> files = new HashSet<>();
            int step = Math.max(together, number / 10);
            long since = System.nanoTime();
            for (int from = 0; from < number; from += step) {
                int to = Math.min(number, from + step);
                files.addAll(train(engine, ModelSource.file(model.file()), folder, from, to, together));
                double seconds = (System.nanoTime() - since) / 1e9;
                System.out.printf(
                        "| %d | %.1f | %d |%n",
                        to, (to - from) / seconds, ResidentMemory.required(ProcessMemory.RESIDENT));
                since = System.nanoTime();
            }
            long there = files.stream().filter(Files::isRegularFile).count();
            System.out.println("\n" + number + " trainings, " + there + " LoRAs, "
                    + ResidentMemory.required(ProcessMemory.PEAK) + " MiB at most");
        }
    }

    private static List<Path> train(
            TrainingEngine engine, ModelSource model, Path folder, int from, int to, int together)
            throws InterruptedException {
        List<TrainingJob> jobs = IntStream.iterate(from, first -> first < to, first -> first + together)
                .mapToObj(first -> IntStream.range(first, Math.min(to, first + together))
                        .mapToObj(i -> training(model, folder, i))
                        .toList())
                .map(engine::startTogether)
                .flatMap(List::stream)
                .toList();
        List<Path> files = new ArrayList<>();
        for (TrainingJob job : jobs) {
            files.add(job.await().file());
        }
        return files;
    }

    private static LoraTraining training(ModelSource model, Path folder, int number) {
        return LoraTraining.builder()
                .name("lora" + number)
                .model(model)
                .prompt(PromptPair.enhance("word" + number)
                        .positive("short hair,maid uniform")
                        .neutral("1girl")
                        .resolution(64)
                        .build())
                .spec(TrainingSpec.builder()
                        .iterations(ITERATIONS)
                        .learningRate(1e-3)
                        .seed(number)
                        .build())
                .output(folder)
                .build();
    }
}
