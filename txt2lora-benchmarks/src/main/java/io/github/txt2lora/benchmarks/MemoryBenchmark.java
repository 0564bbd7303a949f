package io.github.txt2lora.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.internal.file.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares the estimate of a training's memory with the peak that is measured, each training in a JVM of its own, and
 * prints a Markdown table. Linux only, for its {@code /proc}.
 */
final class MemoryBenchmark {

    private static final List<String> CASES = List.of(
            "SD15_HALF:FP32:512:1:1:false:4:SPEED",
            "SD15_HALF:FP32:512:2:1:true:16:SPEED",
            "SD15_HALF:FP32:512:2:1:true:16:SAVE",
            "SD15_HALF:BF16:512:2:1:false:4:SPEED",
            "SD15_HALF:FP32:384:1:3:false:4:SPEED",
            "SD15_HALF:FP32:64:1:1:true:64:SPEED",
            "SD21_PART:FP32:512:2:1:false:4:SPEED",
            "SD21_PART:FP32:768:1:1:false:4:SAVE",
            "SDXL_PART:BF16:512:1:1:false:4:SPEED",
            "SDXL_PART:FP32:512:2:1:true:4:SPEED",
            "SDXL_PART:FP32:512:2:1:true:4:SAVE",
            "SDXL_PART:BF16:1024:1:1:false:4:SAVE",
            "SDXL_PART:BF16:768:1:2:false:8:SPEED",
            "SD15:BF16:256:2:1:false:4:SPEED",
            "SD15:BF16:512:2:1:false:4:SPEED",
            "SD15:BF16:512:2:1:false:4:SAVE");

    private MemoryBenchmark() {}

    /**
     * Runs the benchmark; needs up to 7 GB in the folder for temporary files.
     *
     * @param args cases as {@link MemoryCase#text()}; a list that takes about half an hour when none is given
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> cases = args.length == 0 ? CASES : Arrays.asList(args);
        Map<MemoryCase.Model, Path> files = new EnumMap<>(MemoryCase.Model.class);
        System.out.println("| Model | Precision | Pixels | Batch | LoRAs | Layers | Rank | Way | Estimate (MiB) |"
                + " Peak (MiB) | Difference | Seconds |\n|---|---|---|---|---|---|---|---|---|---|---|---|");
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-benchmark")) {
            for (String text : cases) {
                MemoryCase memoryCase = MemoryCase.parse(text);
                Path file = files.computeIfAbsent(memoryCase.model(), model -> write(model, folder.path()));
                String json = OwnJvm.run(MeasuredMemory.class, memoryCase.text(), file.toString());
                System.out.println(row(memoryCase, new ObjectMapper().readValue(json, PeakMemory.class)));
            }
        }
    }

    private static Path write(MemoryCase.Model model, Path folder) {
        Path file = folder.resolve(model.name() + ".safetensors");
        model.checkpoint().write(file);
        return file;
    }

    private static String row(MemoryCase memoryCase, PeakMemory memory) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %d | %s | %d | %s | %d | %d | %+.1f %% | %.0f |",
                memoryCase.model(),
                memoryCase.precision(),
                memoryCase.resolution(),
                memoryCase.batchSize(),
                memoryCase.together(),
                memoryCase.full() ? "all" : "cross-attention",
                memoryCase.rank(),
                memory.way(),
                memory.estimateMebibytes(),
                memory.peakMebibytes(),
                100.0 * memory.estimateMebibytes() / memory.peakMebibytes() - 100,
                memory.seconds());
    }
}
