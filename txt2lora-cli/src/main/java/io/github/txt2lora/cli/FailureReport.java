package io.github.txt2lora.cli;

import io.github.txt2lora.Txt2LoraException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Prints a failure as one sentence, since our exceptions say all a user needs; the stack trace only when asked for. */
final class FailureReport implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult wholeLine) {
        PrintWriter err = command.getErr();
        boolean known = failure instanceof Txt2LoraException;
        err.println("Error: " + (known ? failure.getMessage() : "unexpected " + failure));
        if (command.getParseResult().matchedOptionValue(TrainCommand.STACKTRACE, false)) {
            failure.printStackTrace(err);
        } else if (!known) {
            err.println("Run again with " + TrainCommand.STACKTRACE + " and report what it prints.");
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }
}
