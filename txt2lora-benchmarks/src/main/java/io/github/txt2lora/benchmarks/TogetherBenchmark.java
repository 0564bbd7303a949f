package io.github.txt2lora.benchmarks;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Measures whether LoRAs that are trained together take less time than one after the other, on the demo checkpoint.
 * Prints a Markdown table, whose ratios are within one run.
 */
final class TogetherBenchmark {

    private static final int ITERATIONS = 40;

    private static final List<Integer> NUMBERS = List.of(2, 4, 8);

    private final TrainingEngine engine;
    private final ModelSource model;
    private final Path folder;

    private TogetherBenchmark(TrainingEngine engine, ModelSource model, Path folder) {
        this.engine = engine;
        this.model = model;
        this.folder = folder;
    }

    /**
     * Runs the benchmark.
     *
     * @param args the number of threads; those that are best for the machine when it is not given
     */
    public static void main(String[] args) throws Exception {
        EngineOptions.Builder options = EngineOptions.builder();
        if (args.length > 0) {
            options.threads(Integer.parseInt(args[0]));
        }
        Path folder = Files.createTempDirectory("txt2lora-together");
        try (TrainingEngine engine = TrainingEngine.open(options.build())) {
            new TogetherBenchmark(engine, DemoCheckpoint.copyTo(folder), folder).run();
        }
    }

    private void run() throws InterruptedException {
        train(1); // so that what the base model predicts is known to all that are measured
        System.out.println("| LoRAs | one after another, s | together, s | ratio |\n|---|---|---|---|");
        for (int number : NUMBERS) {
            double alone = seconds(train(number));
            double together = seconds(trainTogether(number));
            System.out.printf("| %d | %.2f | %.2f | %.2f |%n", number, alone, together, together / alone);
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private Duration train(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> engine.train(training(i)))
                .map(TrainedLora::duration)
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** All take the same steps at the same time, so the time of the longest is that of all. */
    private Duration trainTogether(int number) throws InterruptedException {
        Duration longest = Duration.ZERO;
        for (TrainingJob job : engine.startTogether(
                IntStream.range(0, number).mapToObj(this::training).toList())) {
            Duration duration = job.await().duration();
            longest = duration.compareTo(longest) > 0 ? duration : longest;
        }
        return longest;
    }

    private LoraTraining training(int number) {
        return LoraTraining.builder()
                .name("lora" + number)
                .model(model)
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("short hair,maid uniform,black rimmed glasses,cat ears,black hair")
                        .neutral("1girl")
                        .resolution(96)
                        .build())
                .spec(TrainingSpec.builder()
                        .iterations(ITERATIONS)
                        .learningRate(4e-3)
                        .seed(number)
                        .lora(LoraSpec.builder().rank(8).alpha(4).build())
                        .build())
                .output(folder)
                .build();
    }
}
