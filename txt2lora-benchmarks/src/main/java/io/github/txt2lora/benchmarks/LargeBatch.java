package io.github.txt2lora.benchmarks;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Trains a hundred LoRAs of a workspace on the demo checkpoint, together by eight, in a JVM that is killed when a third
 * of them is finished, and then in another one. Prints throughput, memory, and whether the second run kept what the
 * first one had finished.
 */
final class LargeBatch {

    private static final int TOGETHER = 8;
    private static final Duration POLL = Duration.ofSeconds(1);

    private LargeBatch() {}

    /**
     * Runs the benchmark.
     *
     * @param args folder for the workspace, which does not exist; then the number of LoRAs and of the iterations of
     *     each: 100 and 40 where they are not given
     */
    public static void main(String[] args) throws Exception {
        int number = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        int iterations = args.length > 2 ? Integer.parseInt(args[2]) : 40;
        Workspace workspace = createWorkspace(Path.of(args[0]), number, iterations);
        Process first = new ProcessBuilder(OwnJvm.command(Run.class, args[0]))
                .inheritIO()
                .start();
        while (first.isAlive() && loras(workspace).size() < number / 3) {
            first.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
        first.destroyForcibly().waitFor();
        Map<Path, String> before = loras(workspace);
        System.out.println("killed after " + before.size() + " LoRAs");
        System.out.println(OwnJvm.run(Run.class, args[0]).strip());
        Map<Path, String> after = loras(workspace);
        long kept = before.entrySet().stream()
                .filter(lora -> lora.getValue().equals(after.get(lora.getKey())))
                .count();
        System.out.println(after.size() + " of " + number + " LoRAs; " + kept + " of the first " + before.size()
                + " have the same bytes");
    }

    private static Workspace createWorkspace(Path folder, int number, int iterations) throws IOException {
        Workspace workspace = Workspace.create(folder);
        DemoCheckpoint.copyTo(workspace.modelFolder());
        for (int i = 0; i < number; i++) {
            String name = "lora%03d".formatted(i);
            Files.writeString(
                    workspace.configFile(name),
                    "model_name: chibi\ntrain_iterations: " + iterations + "\npreview: false\nseed: " + i + "\n");
            Files.writeString(
                    workspace.promptsFile(name),
                    "- target: word%d\n  positive: maid uniform,cat ears\n  neutral: 1girl\n  action: enhance\n  resolution: 96\n"
                            .formatted(i));
        }
        return workspace;
    }

    /** The finished LoRAs with their digests: a record stands beside each. */
    private static Map<Path, String> loras(Workspace workspace) throws IOException {
        Map<Path, String> loras = new TreeMap<>();
        try (Stream<Path> folders = Files.list(workspace.loraFolder())) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                Path lora = folder.resolve(folder.getFileName() + ".safetensors");
                if (Files.exists(folder.resolve(folder.getFileName() + ".json")) && Files.exists(lora)) {
                    loras.put(lora, Sha256.of(lora));
                }
            }
        }
        return loras;
    }

    /** Trains what is left to train. */
    static final class Run {

        private Run() {}

        /**
         * Runs the batch.
         *
         * @param args the folder of the workspace
         */
        public static void main(String[] args) {
            try (TrainingEngine engine = TrainingEngine.open(
                            EngineOptions.builder().threads(1).build());
                    LoraOperations operations = LoraOperations.open()) {
                BatchResult result = new Batch(Workspace.open(Path.of(args[0])), engine, operations)
                        .run(BatchOptions.everything().withTogether(TOGETHER));
                System.out.printf(
                        Locale.ROOT,
                        "%s in %d s, %d MiB at most%n",
                        result.counts(),
                        result.duration().toSeconds(),
                        ResidentMemory.peakMebibytes());
            }
        }
    }
}
