package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What an acceptance run is to do.
 *
 * @param output folder for the table and the JSON file
 * @param tests folder of the engine's compiled tests, which have the recordings
 * @param device device to accept
 * @param fullSize whether SDXL has its full size, or that of a test
 * @param iterations of demo trainings
 * @param loras that are trained together
 * @param resolution of the images of SDXL, in pixels
 * @param stages what to run
 */
record AcceptanceOptions(
        Path output,
        Path tests,
        Device device,
        boolean fullSize,
        int iterations,
        int loras,
        int resolution,
        List<Stage> stages) {

    private static final int FIXED = 2;

    /** Reads them: output folder, folder of tests, and options, each with its value. */
    static AcceptanceOptions parse(String... args) {
        var all = new AcceptanceOptions(
                Path.of(args[0]), Path.of(args[1]), Device.cuda(), true, 100, 8, 1024, List.of(Stage.values()));
        for (int i = FIXED; i + 1 < args.length; i += 2) {
            all = all.with(args[i], args[i + 1]);
        }
        if ((args.length - FIXED) % 2 != 0) {
            throw new IllegalArgumentException(args[args.length - 1] + " has no value");
        }
        return all;
    }

    private AcceptanceOptions with(String option, String value) {
        return switch (option) {
            case "--device" ->
                new AcceptanceOptions(
                        output, tests, Device.parse(value), fullSize, iterations, loras, resolution, stages);
            case "--size" ->
                switch (value) {
                    case "full" -> new AcceptanceOptions(output, tests, device, true, 100, 8, 1024, stages);
                    case "small" -> new AcceptanceOptions(output, tests, device, false, 6, 2, 64, stages);
                    default -> throw new IllegalArgumentException("--size is " + value + "; expected full or small");
                };
            case "--iterations" ->
                new AcceptanceOptions(
                        output, tests, device, fullSize, Integer.parseInt(value), loras, resolution, stages);
            case "--loras" ->
                new AcceptanceOptions(
                        output, tests, device, fullSize, iterations, Integer.parseInt(value), resolution, stages);
            case "--resolution" ->
                new AcceptanceOptions(
                        output, tests, device, fullSize, iterations, loras, Integer.parseInt(value), stages);
            case "--stages" ->
                new AcceptanceOptions(
                        output, tests, device, fullSize, iterations, loras, resolution, Stage.parse(value));
            default ->
                throw new IllegalArgumentException(option + " is unknown; expected one of "
                        + "--device, --size, --iterations, --loras, --resolution, --stages");
        };
    }

    /** The arguments that {@link #parse} reads. */
    String[] arguments() {
        List<String> arguments = new ArrayList<>(List.of(output.toString(), tests.toString()));
        arguments.addAll(Arrays.asList(
                "--size",
                fullSize ? "full" : "small",
                "--device",
                device.toString(),
                "--iterations",
                Integer.toString(iterations),
                "--loras",
                Integer.toString(loras),
                "--resolution",
                Integer.toString(resolution),
                "--stages",
                Stage.names(stages)));
        return arguments.toArray(String[]::new);
    }

    boolean isCpu() {
        return device.kind() == Device.Kind.CPU;
    }

    /** An engine on the device. */
    EngineOptions.Builder engine() {
        return EngineOptions.builder().device(device);
    }
}
