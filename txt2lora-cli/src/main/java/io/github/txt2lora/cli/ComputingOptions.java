package io.github.txt2lora.cli;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Memory;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of how an engine computes, whatever its device. */
final class ComputingOptions {

    /** Those that matter only where something is computed. */
    static final List<String> OF_COMPUTATION = List.of("--threads", "--tf32", "--deterministic");

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "CPU threads; 0 lets PyTorch choose. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--tf32",
            description = "Let a GPU compute in TF32 where FP32 is set: faster and less exact. Off by default.")
    private boolean tf32;

    @Option(
            names = "--deterministic",
            description = "Let a GPU use only algorithms that give the same bytes each time: slower. Off by default;"
                    + " a CPU always gives the same bytes.")
    private boolean deterministic;

    @Option(
            names = "--memory",
            paramLabel = "MODE",
            defaultValue = "AUTO",
            description = "Trade of time for memory: ${COMPLETION-CANDIDATES}. AUTO takes the fastest way that fits,"
                    + " SPEED never recomputes, SAVE takes the least memory. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Memory memory;

    /** The options of an engine on a device; a value that is wrong is a mistake in the command. */
    EngineOptions on(Device device, CommandSpec command) {
        try {
            return EngineOptions.builder()
                    .device(device)
                    .threads(threads)
                    .allowTf32(tf32)
                    .deterministic(deterministic)
                    .memory(memory)
                    .build();
        } catch (InvalidSettingException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}
