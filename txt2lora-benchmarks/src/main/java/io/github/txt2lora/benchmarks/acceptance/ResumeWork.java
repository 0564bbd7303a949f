package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.benchmarks.OwnJvm;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Kills a training in the middle, lets it go on, and compares its LoRA with that of one that was left alone. */
final class ResumeWork implements StageWork {

    /** Where a device does not promise equal bytes. */
    private static final double ALLOWED = 1e-2;

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) throws Exception {
        List<String> quiet = train(options, folder.resolve("quiet"), Integer.MAX_VALUE);
        train(options, folder.resolve("killed"), Math.max(1, options.iterations() / 2));
        List<String> resumed = train(options, folder.resolve("killed"), Integer.MAX_VALUE);
        String from = resumed.stream()
                .filter(line -> line.startsWith(ResumedDemo.RESUMED))
                .findFirst()
                .orElse("not " + ResumedDemo.RESUMED.strip());
        Path expected = folder.resolve("quiet/krnkmd.safetensors");
        Path measured = folder.resolve("killed/krnkmd.safetensors");
        boolean isSame = Files.mismatch(expected, measured) < 0;
        double error = isSame ? 0 : error(measured, expected);
        return Verdict.of(
                !quiet.isEmpty()
                        && from.startsWith(ResumedDemo.RESUMED)
                        && (options.isCpu() ? isSame : error <= ALLOWED),
                "killed, then %s of %d; %s",
                from,
                options.iterations(),
                isSame ? "the same bytes as without a kill" : String.format("the LoRA differs by %.1e", error));
    }

    /** Trains until the end, or until so many states are there; then it kills. */
    private static List<String> train(AcceptanceOptions options, Path folder, int states)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(folder.toString()));
        arguments.addAll(List.of(options.arguments()));
        Process process = new ProcessBuilder(OwnJvm.command(ResumedDemo.class, arguments.toArray(String[]::new)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new ArrayList<>();
        try (var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.equals(ResumedDemo.SAVED + states)) {
                    // unlike the process, its handle leaves the stream open that is being read here
                    process.toHandle().destroyForcibly();
                }
            }
            process.waitFor();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    /** The Euclidean norm of the difference of all tensors, divided by that of the expected ones. */
    private static double error(Path measured, Path expected) {
        try (SafetensorsFile ours = SafetensorsFile.open(measured);
                SafetensorsFile theirs = SafetensorsFile.open(expected)) {
            if (!ours.byName().keySet().equals(theirs.byName().keySet())) {
                return Double.POSITIVE_INFINITY;
            }
            double difference = 0;
            double norm = 0;
            for (TensorView tensor : theirs.tensors()) {
                float[] reference = tensor.toFloats();
                float[] values = ours.tensor(tensor.name()).toFloats();
                for (int i = 0; i < reference.length; i++) {
                    difference += Math.pow((double) values[i] - reference[i], 2);
                    norm += Math.pow(reference[i], 2);
                }
            }
            return Math.sqrt(difference / norm);
        }
    }
}
