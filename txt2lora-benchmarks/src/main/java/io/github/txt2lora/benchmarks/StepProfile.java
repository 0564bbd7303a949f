package io.github.txt2lora.benchmarks;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a step spends its time on, on the demo checkpoint: the engine's thread is looked at every few milliseconds
 * while it trains. It is in libtorch when it is in a native method, and what for is told by the innermost frame of this
 * library. Prints a Markdown table for LECO's exact method and one for the recommended one.
 */
final class StepProfile implements TrainingListener {

    private static final String ENGINE_THREAD = "txt2lora-engine";

    private static final String LIBRARY = "io.github.txt2lora.";

    private static final int INTERVAL_MILLIS = 2;

    /** Until the JIT compiler is done, and predictions that are kept are computed. */
    private static final int UNMEASURED_ITERATIONS = 40;

    private static final double LEAST_SHARE = 5e-4;

    private final CountDownLatch warm = new CountDownLatch(UNMEASURED_ITERATIONS);
    private final Map<String, Integer> samples = new TreeMap<>();

    private StepProfile() {}

    /** Runs both. */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("txt2lora-profile");
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine =
                TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            new StepProfile().run("LECO, exact", engine, training(model, folder, TrainingMethod.leco(), 60));
            new StepProfile().run("recommended", engine, training(model, folder, TrainingMethod.recommended(), 200));
        }
    }

    private static LoraTraining training(ModelSource model, Path folder, TrainingMethod method, int iterations) {
        return LoraTraining.builder()
                .name("krnkmd")
                .model(model)
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("short hair,maid uniform,black rimmed glasses,cat ears,black hair")
                        .neutral("1girl")
                        .resolution(96)
                        .batchSize(2)
                        .build())
                .spec(TrainingSpec.builder()
                        .method(method)
                        .stopping(stopping -> stopping.withMeasureQuality(false))
                        .iterations(iterations)
                        .learningRate(1e-3)
                        .lora(LoraSpec.builder().rank(8).alpha(4).build())
                        .build())
                .output(folder)
                .build();
    }

    @Override
    public void onIteration(IterationFinished event) {
        warm.countDown();
    }

    private void run(String title, TrainingEngine engine, LoraTraining training) throws InterruptedException {
        var job = engine.start(training, this);
        warm.await();
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(ENGINE_THREAD))
                .findFirst()
                .orElseThrow();
        while (!job.state().isTerminal()) {
            String place = place(thread.getStackTrace());
            if (place != null) {
                samples.merge(place, 1, Integer::sum);
            }
            Thread.sleep(INTERVAL_MILLIS);
        }
        job.await();
        print(title);
    }

    /** Null outside of an iteration. */
    private static @Nullable String place(StackTraceElement[] frames) {
        boolean isTraining = false;
        String innermost = null;
        for (StackTraceElement frame : frames) {
            String name = frame.getClassName();
            isTraining |= name.endsWith(".TrainerGroup");
            if (innermost == null && name.startsWith(LIBRARY) && !name.startsWith(LIBRARY + "torch.")) {
                innermost = name.substring(name.lastIndexOf('.') + 1) + "." + frame.getMethodName();
            }
        }
        return isTraining ? (frames[0].isNativeMethod() ? "libtorch: " : "Java: ") + innermost : null;
    }

    private void print(String title) {
        int all = samples.values().stream().mapToInt(Integer::intValue).sum();
        int java = samples.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("Java"))
                .mapToInt(Map.Entry::getValue)
                .sum();
        System.out.printf("%n%s: %.2f %% of %d samples outside of libtorch%n%n", title, 100.0 * java / all, all);
        System.out.println("| where | share |\n|---|---|");
        samples.entrySet().stream()
                .filter(entry -> entry.getValue() >= LEAST_SHARE * all)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(entry ->
                        System.out.printf("| %s | %.2f %% |%n", entry.getKey(), 100.0 * entry.getValue() / all));
    }
}
