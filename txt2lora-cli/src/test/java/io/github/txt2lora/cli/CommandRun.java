package io.github.txt2lora.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Device;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/** A run of the command line in this process. */
record CommandRun(int exitCode, String out, String err) {

    /** The commands that compute do so on the device that tests are run on, unless they name one. */
    private static final Set<String> COMPUTING = Set.of("train", "image", "plot");

    static CommandRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Txt2LoraCommand.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        int exitCode = commandLine.execute(onDevice(args));
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    /** The device of the system property {@code txt2lora.device}. */
    static Device device() {
        return Device.parse(System.getProperty("txt2lora.device", "auto"));
    }

    private static String[] onDevice(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        boolean computes = !all.isEmpty() && COMPUTING.contains(all.get(0)) && !all.contains("--help");
        if (computes && all.stream().noneMatch(argument -> argument.startsWith("--device"))) {
            all.addAll(1, List.of("--device", device().toString()));
        }
        return all.toArray(String[]::new);
    }

    /** The lines of standard output, each of which must be an object. */
    List<JsonNode> json() {
        ObjectMapper mapper = new ObjectMapper();
        return out.lines()
                .map(line -> {
                    try {
                        return mapper.readTree(line);
                    } catch (JsonProcessingException e) {
                        throw new AssertionError("no JSON: " + line, e);
                    }
                })
                .toList();
    }

    /** The last of them. */
    JsonNode result() {
        List<JsonNode> lines = json();
        return lines.get(lines.size() - 1);
    }
}
