package io.github.txt2lora.cli;

import io.github.txt2lora.Txt2LoraException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command. */
final class CommonOptions {

    static final String JSON = "--json";
    static final String STACKTRACE = "--stacktrace";

    @Option(names = JSON, description = "Write JSON for machines: an object on each line; the last one is the result.")
    private boolean json;

    @Option(names = STACKTRACE, description = "Print the stack trace of a failure.")
    @SuppressWarnings("UnusedVariable") // FailureReport asks the parser for it
    private boolean stacktrace;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** The output of the command. */
    Output output() {
        return new Output(
                spec.commandLine().getOut(), spec.commandLine().getErr(), json, !json && ErrorStream.isTerminal());
    }

    /** The exception for contradicting values on the command line. */
    ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** The same about values that the library rejects. */
    ParameterException misuse(Txt2LoraException rejection) {
        return new ParameterException(spec.commandLine(), String.valueOf(rejection.getMessage()), rejection);
    }
}
