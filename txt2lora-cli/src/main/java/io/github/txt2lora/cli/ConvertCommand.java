package io.github.txt2lora.cli;

import io.github.txt2lora.Precision;
import io.github.txt2lora.ops.LoraConversion;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraNaming;
import io.github.txt2lora.ops.LoraOperations;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora convert}. */
@Command(
        name = "convert",
        description = "Writes a LoRA in another number format, or with the names of another program, or both.",
        footer = {
            "  txt2lora convert krnkmd.safetensors diffusers.safetensors --naming diffusers",
            "  txt2lora convert large.safetensors half.safetensors --precision fp16"
        })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class ConvertCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "INPUT", description = "A LoRA.")
    private Path input;

    @Parameters(
            index = "1",
            paramLabel = "OUTPUT",
            description = "The file to make; it replaces one that is there, and may be the input.")
    private Path target;

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            description = "Of the numbers in the file: ${COMPLETION-CANDIDATES}. That of the input if not given.")
    private @Nullable Precision precision;

    @Option(
            names = "--naming",
            paramLabel = "PROGRAM",
            description = "Whose names the tensors get: ${COMPLETION-CANDIDATES}. KOHYA is what web UIs read; DIFFUSERS"
                    + " has no alpha, which is multiplied into the numbers. That of the input if not given.")
    private @Nullable LoraNaming naming;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        if (precision == null && naming == null) {
            throw common.misuse("nothing is to be converted; expected --precision, --naming or both");
        }
        Output output = common.output();
        LoraInfo converted;
        try (LoraOperations operations = LoraOperations.open();
                Progress progress = output.progress("Converting")) {
            converted = operations.convert(
                    input,
                    target,
                    new LoraConversion(Optional.ofNullable(precision), Optional.ofNullable(naming)),
                    new OperationReport(output, progress));
        }
        LoraDescription description = new LoraDescription(converted);
        output.result(description.json(JsonLine.result()), description.text());
        return ExitCode.OK;
    }
}
