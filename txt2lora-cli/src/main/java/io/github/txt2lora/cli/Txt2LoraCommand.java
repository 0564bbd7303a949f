package io.github.txt2lora.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code txt2lora}. */
@Command(
        name = "txt2lora",
        description = "Trains Stable Diffusion LoRAs from prompts alone.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLine.class,
        subcommands = {
            InitCommand.class,
            AddCommand.class,
            CheckCommand.class,
            PreviewCommand.class,
            TrainCommand.class,
            ResizeCommand.class,
            MergeCommand.class,
            ConvertCommand.class,
            ConvertSettingsCommand.class,
            ImageCommand.class,
            PlotCommand.class,
            InfoCommand.class,
            ModelsCommand.class,
            GenerateCompletion.class
        },
        footer = {"  txt2lora init --demo Txt2Lora", "  txt2lora train Txt2Lora"})
public final class Txt2LoraCommand implements Runnable {

    static final String EXIT_CODES = "%nExit codes:%n";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Txt2LoraCommand() {}

    /** Runs a command and ends the process with its exit code, as {@code --help} documents them. */
    public static void main(String[] args) {
        System.exit(Interruption.guard(() -> commandLine().execute(args)));
    }

    /** The command line, ready to execute. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Txt2LoraCommand());
        documentAlike(commandLine);
        commandLine.getSubcommands().values().forEach(Txt2LoraCommand::documentAlike);
        return commandLine
                .registerConverter(Path.class, new PathConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new FailureReport())
                .setParameterExceptionHandler(new MisuseReport());
    }

    /** Every command has {@code --help}, and in it exit codes and, at the end, an example. */
    private static void documentAlike(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (!spec.optionsMap().containsKey("--help")) {
            spec.mixinStandardHelpOptions(true);
            spec.versionProvider(new VersionLine());
        }
        UsageMessageSpec usage = spec.usageMessage();
        if (usage.exitCodeList().isEmpty()) {
            usage.exitCodeListHeading(EXIT_CODES);
            usage.exitCodeList(exitCodes());
        }
        if (usage.footer().length > 0 && usage.footerHeading().isEmpty()) {
            usage.footerHeading("%nExample:%n");
        }
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "Done.");
        codes.put("1", "It failed, for the reason printed.");
        codes.put("2", "The command line or a setting is wrong.");
        codes.put("130", "Ended by Ctrl-C.");
        return codes;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Missing command; expected one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
