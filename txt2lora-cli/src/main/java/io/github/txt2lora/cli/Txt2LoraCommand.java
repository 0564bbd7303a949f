package io.github.txt2lora.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code txt2lora}. */
@Command(
        name = "txt2lora",
        description = "Trains Stable Diffusion LoRAs from prompts alone.",
        mixinStandardHelpOptions = true,
        versionProvider = ManifestVersion.class,
        subcommands = TrainCommand.class)
public final class Txt2LoraCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Txt2LoraCommand() {}

    /** Runs a command and ends the process with its exit code, as {@code --help} documents them. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        return new CommandLine(new Txt2LoraCommand()).setExecutionExceptionHandler(new FailureReport());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
