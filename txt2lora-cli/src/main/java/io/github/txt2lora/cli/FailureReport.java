package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Excerpt;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Prints a failure as one sentence, since our exceptions say all a user needs; the stack trace only when asked for. */
final class FailureReport implements IExecutionExceptionHandler {

    private static final String INTERRUPTED =
            "Interrupted; no file is left half-written. Run the same command to begin again.";

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult wholeLine) {
        PrintWriter err = command.getErr();
        ParseResult line = command.getParseResult();
        if (Thread.currentThread().isInterrupted()) {
            return interrupted(failure, command);
        }
        boolean known = failure instanceof Txt2LoraException;
        int exitCode = failure instanceof InvalidSettingException ? ExitCode.USAGE : ExitCode.SOFTWARE;
        String message = Excerpt.message(known ? String.valueOf(failure.getMessage()) : "unexpected " + failure);
        if (line.matchedOptionValue(CommonOptions.JSON, false)) {
            command.getOut().println(error(message, exitCode));
        }
        err.println("Error: " + message);
        if (line.matchedOptionValue(CommonOptions.STACKTRACE, false)) {
            err.print(Excerpt.message(stackTrace(failure)));
            err.flush();
        } else if (!known) {
            err.println("Run again with " + CommonOptions.STACKTRACE + " and report what it prints.");
        }
        return exitCode;
    }

    private static String stackTrace(Exception failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace, true));
        return trace.toString();
    }

    /** Whoever interrupts a command knows why it failed. The end of a training was told by its listener. */
    private static int interrupted(Exception failure, CommandLine command) {
        boolean told = failure instanceof TrainingCancelledException;
        String message = told ? String.valueOf(failure.getMessage()) : INTERRUPTED;
        if (command.getParseResult().matchedOptionValue(CommonOptions.JSON, false)) {
            command.getOut().println(error(message, Interruption.EXIT_CODE));
        } else if (!told) {
            // terminals show ^C where the cursor was
            command.getErr().println((Ansi.AUTO.enabled() ? System.lineSeparator() : "") + message);
        }
        return Interruption.EXIT_CODE;
    }

    /** The line that ends a command that failed. */
    static JsonLine error(String message, int exitCode) {
        return JsonLine.of("error").put("message", message).put("exitCode", exitCode);
    }
}
