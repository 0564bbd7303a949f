package io.github.txt2lora.benchmarks.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.txt2lora.benchmarks.OwnJvm;
import io.github.txt2lora.internal.file.TemporaryFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs everything that is to work on a device, one stage after the other, each in a JVM of its own. Prints a Markdown
 * table, and writes it and a JSON file. Needs no internet access, and no GPU when the device is the CPU.
 */
final class AcceptanceRun {

    private final AcceptanceOptions options;
    private final List<StageResult> results = new ArrayList<>();

    private AcceptanceRun(AcceptanceOptions options) {
        this.options = options;
    }

    /**
     * Runs it. The exit code is 1 if a stage fails.
     *
     * @param args folder for the reports, folder of the engine's compiled tests, and options, see
     *     {@link AcceptanceOptions}
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        var run = new AcceptanceRun(AcceptanceOptions.parse(args));
        run.run();
        System.exit(run.results.stream().allMatch(StageResult::passed) ? 0 : 1);
    }

    private void run() throws IOException, InterruptedException {
        System.out.println(StageResult.tableHead());
        for (Stage stage : options.stages()) {
            StageResult result = measure(stage);
            System.out.println(result.tableRow());
            results.add(result);
            // after each, so that a run that is broken off leaves what it found
            write();
        }
        System.out.println("\n" + options.output().toAbsolutePath());
    }

    private StageResult measure(Stage stage) throws InterruptedException {
        long begin = System.nanoTime();
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-acceptance");
                GpuWatch watch = GpuWatch.start(options.device())) {
            StageRun run = run(stage, folder.path());
            return new StageResult(
                    stage.name(),
                    stage.title(),
                    run.passed(),
                    run.measured(),
                    (System.nanoTime() - begin) * 1e-9,
                    run.peakResidentMebibytes(),
                    watch.peakMebibytes(),
                    watch.utilisation());
        }
    }

    private StageRun run(Stage stage, Path folder) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(stage.name(), folder.toString()));
        arguments.addAll(List.of(options.arguments()));
        List<String> command = OwnJvm.command(
                List.of("-Xmx2g", "-Dtxt2lora.device=" + options.device(), "--enable-native-access=ALL-UNNAMED"),
                String.join(
                        File.pathSeparator,
                        System.getProperty("java.class.path"),
                        options.tests().toString()),
                StageRun.class,
                arguments.toArray(String[]::new));
        try {
            String output = OwnJvm.run(stage == Stage.OUT_OF_MEMORY ? LittleMemory.limit(command, options) : command);
            String[] lines = output.strip().split("\\R", -1);
            return new ObjectMapper().readValue(lines[lines.length - 1], StageRun.class);
        } catch (IOException e) {
            return new StageRun(false, "broke off: " + lastWords(e), null);
        }
    }

    /** The reason is on standard error; the command line would fill the table. */
    private static String lastWords(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.lastIndexOf(" ended with exit code");
        return end < 0 ? message : message.substring(end + 1) + ", see the messages above";
    }

    private void write() throws IOException {
        Files.createDirectories(options.output());
        List<String> table = new ArrayList<>(List.of(StageResult.tableHead()));
        results.forEach(result -> table.add(result.tableRow()));
        Files.write(options.output().resolve("acceptance.md"), table);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("device", options.device().toString());
        report.put("fullSize", options.fullSize());
        report.put("passed", results.stream().allMatch(StageResult::passed));
        report.put("processors", Runtime.getRuntime().availableProcessors());
        report.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        report.put("java", Runtime.version().toString());
        report.put("seconds", results.stream().mapToDouble(StageResult::seconds).sum());
        report.put("stages", results);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(options.output().resolve("acceptance.json").toFile(), report);
    }
}
