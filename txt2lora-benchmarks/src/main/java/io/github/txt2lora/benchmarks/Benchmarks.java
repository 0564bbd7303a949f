package io.github.txt2lora.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures whole trainings, each in a JVM of its own, so that start time and peak memory are its own too. Prints a
 * Markdown table and writes a JSON file.
 */
final class Benchmarks {

    private Benchmarks() {}

    /**
     * Runs the benchmarks.
     *
     * @param args the JSON file to write, then the names of the workloads, all of them when none is given
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path json = Path.of(args[0]);
        List<Workload> workloads = args.length == 1
                ? List.of(Workload.values())
                : Arrays.stream(args)
                        .skip(1)
                        .map(name -> Workload.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList();
        List<Measurement> measurements = new ArrayList<>();
        System.out.println(Measurement.tableHead());
        for (Workload workload : workloads) {
            Measurement measurement = measure(workload);
            System.out.println(measurement.tableRow());
            measurements.add(measurement);
        }
        write(json, measurements);
        System.out.println("\n" + json.toAbsolutePath());
    }

    private static Measurement measure(Workload workload) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("txt2lora-benchmark");
        Path checkpoint = folder.resolve("model.safetensors");
        try {
            workload.writeCheckpoint(checkpoint);
            String json = OwnJvm.run(MeasuredTraining.class, workload.name(), checkpoint.toString());
            return new ObjectMapper().readValue(json, Measurement.class);
        } finally {
            Files.deleteIfExists(checkpoint);
            Files.delete(folder);
        }
    }

    private static void write(Path json, List<Measurement> measurements) throws IOException {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("processors", Runtime.getRuntime().availableProcessors());
        report.put("architecture", System.getProperty("os.arch"));
        report.put("system", System.getProperty("os.name"));
        report.put("java", Runtime.version().toString());
        report.put("measurements", measurements);
        Files.createDirectories(json.toAbsolutePath().getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), report);
    }
}
