package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Excerpt;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Prints a failure as one sentence, since our exceptions say all a user needs; the stack trace only when asked for. */
final class FailureReport implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult wholeLine) {
        PrintWriter err = command.getErr();
        ParseResult line = command.getParseResult();
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

    /** The line that ends a command that failed. */
    static JsonLine error(String message, int exitCode) {
        return JsonLine.of("error").put("message", message).put("exitCode", exitCode);
    }
}
