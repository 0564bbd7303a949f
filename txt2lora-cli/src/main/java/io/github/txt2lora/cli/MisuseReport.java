package io.github.txt2lora.cli;

import io.github.txt2lora.internal.Excerpt;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints the error of a command line as one sentence, and the way to its help. */
final class MisuseReport implements IParameterExceptionHandler {

    private static final String PREFIX = "Error: ";

    @Override
    public int handleParseException(ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        String message = message(misuse);
        if (List.of(arguments).contains(CommonOptions.JSON)) {
            command.getOut().println(FailureReport.error(message, ExitCode.USAGE));
        }
        err.println(PREFIX + message);
        UnmatchedArgumentException.printSuggestions(misuse, err);
        err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    /** Some of picocli's messages begin as what they are printed after. */
    private static String message(ParameterException misuse) {
        String message = Excerpt.message(String.valueOf(misuse.getMessage()));
        return message.startsWith(PREFIX) ? message.substring(PREFIX.length()) : message;
    }
}
