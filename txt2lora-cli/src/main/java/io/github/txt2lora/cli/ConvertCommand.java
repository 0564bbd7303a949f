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
        description = "Converts a LoRA to another number format, another naming, or both.",
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
            description = "The file to write. It replaces an existing file, and may be the input.")
    private Path target;

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            description = "Number format of the file: ${COMPLETION-CANDIDATES}. Default: that of the input.")
    private @Nullable Precision precision;

    @Option(
            names = "--naming",
            paramLabel = "PROGRAM",
            description = "Naming of the tensors: ${COMPLETION-CANDIDATES}. Web UIs read KOHYA. DIFFUSERS has no"
                    + " alpha; its weights contain the factor. Default: that of the input.")
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
