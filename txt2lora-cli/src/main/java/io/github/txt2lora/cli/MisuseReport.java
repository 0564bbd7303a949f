package io.github.txt2lora.cli;

import io.github.txt2lora.internal.Excerpt;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints what is wrong with a command line as one sentence, and where help is. */
final class MisuseReport implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException misuse, String[] arguments) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        String message = Excerpt.message(String.valueOf(misuse.getMessage()));
        if (List.of(arguments).contains(CommonOptions.JSON)) {
            command.getOut().println(FailureReport.error(message, ExitCode.USAGE));
        }
        err.println("Error: " + message);
        UnmatchedArgumentException.printSuggestions(misuse, err);
        err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }
}
